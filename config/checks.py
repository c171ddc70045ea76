"""System checks of the project: `manage.py check --deploy --tag fonts` runs only the one of the fonts."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from config.lib import fonts


@register("fonts", deploy=True)
def chinese_font_prints(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """An error when 「党」 cannot be printed: without it every PDF would come out silently empty.

    A deployment check, because it takes about two seconds: no other command pays for it.
    """
    reason = fonts.problem()
    if not reason:
        return []
    return [
        Error(
            f"不能生成中文 PDF：{reason}",
            hint="安装系统库 libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0，"
            "并确认 static/vendor/fonts 里有字体文件（见 docs/fonts.md）。",
            id="config.E001",
        )
    ]
