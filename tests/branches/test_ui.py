"""The tags and fields all pages share: dates, figures, icons, labels, errors in words."""

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
import time_machine
from django import forms
from django.http import HttpRequest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import timezone

from branches.models import Organization, TextSize, User
from branches.templatetags import ui

TODAY = time_machine.travel(datetime.datetime(2026, 11, 23, 9, 40, tzinfo=datetime.UTC), tick=False)


class Sheet(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label="姓名", max_length=4)
    place = forms.CharField(label="地点（村委会）", required=False, help_text="写清楚房间。")
    expected = forms.IntegerField(label="应到", min_value=0)
    day = forms.DateField(label="日期")
    kind = forms.ChoiceField(label="方式", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)
    branch = forms.ChoiceField(label="党支部", choices=[("", "---------"), ("1", "新河村")], required=False)
    sure = forms.BooleanField(label="已核对", required=False)
    note = forms.CharField(label="说明（选填）", required=False, error_messages={"max_length": "太长"})
    roster = forms.FileField(label="名册", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, object]:
        """One error of the sheet as a whole."""
        raise forms.ValidationError("实到不能多于应到")


def sheet(**data: str) -> Sheet:
    return Sheet({"version": "1", **data})


def rendered(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@TODAY
def test_days_are_written_with_their_weekday() -> None:
    assert ui.on_day(datetime.date(2026, 12, 10)) == "12月10日（周四）"
    assert ui.on_day(datetime.date(2027, 1, 3)) == "2027年1月3日（周日）"
    assert ui.on_day(datetime.datetime(2026, 12, 9, 17, 0, tzinfo=datetime.UTC)) == "12月10日（周四）"
    assert ui.on_day(None) == "—"


@TODAY
@pytest.mark.parametrize(
    ("days", "words"), [(3, "还剩 3 天"), (1, "还剩 1 天"), (0, "今天到期"), (-2, "已逾期 2 天")]
)
def test_what_remains_until_a_day_is_said_in_days(days: int, words: str) -> None:
    assert ui.remaining(timezone.localdate() + datetime.timedelta(days=days)) == words


def test_no_day_leaves_nothing_to_say() -> None:
    assert ui.remaining(None) == ""


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Fraction(1, 3), "33.33%"),
        (Fraction(1, 800), "0.13%"),
        (Fraction(19999, 20000), "100.00%"),
        (Decimal("0.95"), "95.00%"),
        (0.5, "50.00%"),
        (1, "100.00%"),
        (0, "0.00%"),
        (None, "—"),
        (float("nan"), "—"),
    ],
)
def test_shares_have_two_decimals_and_halves_go_up(
    value: Fraction | Decimal | float | None, words: str
) -> None:
    assert ui.percent(value) == words


def test_large_counts_have_commas() -> None:
    assert ui.thousands(60000) == "60,000"
    assert ui.thousands(0) == "0"
    assert ui.thousands(None) == "—"


def test_icons_are_drawn_in_the_page_and_silent() -> None:
    drawing = rendered('{% icon "house" %}')
    assert drawing.startswith('<svg class="icon" aria-hidden="true"')
    assert drawing.endswith("</svg>")
    with pytest.raises(FileNotFoundError):
        rendered('{% icon "no-such-drawing" %}')


def test_every_form_gets_its_own_key() -> None:
    assert rendered("{% submission %}") != rendered("{% submission %}")


def test_labels_stand_above_and_optional_fields_say_so() -> None:
    form = sheet()
    field = str(form["place"].as_field_group())
    assert field.index("地点（村委会）") < field.index("写清楚房间。") < field.index("<input")
    assert "（选填）" in field
    assert 'aria-describedby="id_place_helptext"' in field
    assert 'id="id_place_helptext"' in field
    assert "（选填）" not in str(form["name"].as_field_group())
    assert str(form["note"].as_field_group()).count("（选填）") == 1
    assert "（选填）" not in str(form["sure"].as_field_group())


def test_numbers_are_typed_on_the_keypad_of_digits() -> None:
    field = str(sheet()["expected"].as_field_group())
    assert 'type="text"' in field
    assert 'inputmode="numeric"' in field
    assert " min=" not in field


def test_choices_of_one_are_a_group_with_a_legend() -> None:
    field = str(sheet()["kind"].as_field_group())
    assert "<fieldset" in field
    assert "<legend>方式</legend>" in field
    assert field.count('type="radio"') == 2


def test_an_empty_choice_is_said_in_words() -> None:
    assert '<option value="" selected>请选择</option>' in str(sheet()["branch"])


def test_a_tick_has_its_label_beside_it() -> None:
    field = str(sheet()["sure"].as_field_group())
    assert field.index("<input") < field.index("已核对")


def test_the_limit_of_a_file_is_stated_before_choosing() -> None:
    assert "一个文件不超过 10 MB。" in str(sheet()["roster"].as_field_group())


@TODAY
def test_errors_say_what_to_do_beside_the_field_and_above_the_form() -> None:
    form = sheet(expected="十二", day="昨天", kind="c")
    summary = render_to_string("components/errors.html", {"form": form})
    wanted = {
        "name": "请填写姓名",
        "expected": "应到请填写整数，例如 12",
        "day": "日期请填写日期，例如 2026-11-23",
        "kind": "方式不在可选的范围内，请重新选择",
    }
    assert "有 5 处需要修改" in summary
    assert "实到不能多于应到" in summary
    for name, words in wanted.items():
        field = str(form[name].as_field_group())
        assert words in field
        assert f'id="id_{name}_error"' in field
        assert f'href="#id_{name}"' in summary
        assert words in summary
        assert f'id="id_{name}"' in field
    assert "请选择方式" in ui.advice(sheet()["kind"])


def test_errors_written_for_a_field_keep_their_words_and_get_its_name_in_the_summary() -> None:
    form = sheet(name="张三李四王五")
    assert ui.advice(form["name"]) == form.errors["name"]
    assert ui.advice_by_name(form["name"])[0].startswith("姓名：")


def test_errors_of_hidden_fields_are_told_too() -> None:
    form = Sheet({"version": "x"})
    summary = render_to_string("components/errors.html", {"form": form})
    assert "#id_version" not in summary
    assert "Version请填写整数，例如 12" in summary


def test_a_form_without_errors_has_no_summary() -> None:
    assert "error-summary" not in render_to_string("components/errors.html", {"form": forms.Form({})})


def _size(request: HttpRequest | None) -> str:
    return rendered("{% text_size %}", request=request)


def test_text_size_comes_from_the_account_then_the_browser(rf: RequestFactory) -> None:
    request = rf.get("/")
    assert _size(None) == _size(request) == "standard"
    request.COOKIES["text-size"] = "huge"
    assert _size(request) == "huge"
    request.COOKIES["text-size"] = "nonsense"
    assert _size(request) == "standard"
    request.user = User(text_size="large")
    assert _size(request) == "large"


def test_all_sizes_of_the_account_are_offered() -> None:
    assert dict(ui.text_sizes()) == dict(TextSize.choices)


@pytest.mark.parametrize("page", ["400.html", "500.html"])
def test_error_pages_need_no_database_and_no_request(page: str) -> None:
    text = render_to_string(page)
    assert "<h1>" in text
    assert "返回主页" in text
    assert 'name="csrfmiddlewaretoken"' not in text


@pytest.mark.django_db
def test_a_missing_page_is_explained_in_chinese(client: Client) -> None:
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text


@pytest.mark.django_db
def test_the_login_page_asks_for_two_things_and_names_the_way_back_in(client: Client) -> None:
    page = client.get("/login/").text
    assert page.count('autocomplete="username"') == page.count('autocomplete="current-password"') == 1
    assert "忘记密码" in page
    assert "跳到正文" in page
    assert 'data-size="standard"' in page
    wrong = client.post("/login/", {"username": "", "password": ""}).text
    assert "错误：登录" in wrong
    assert "请填写密码" in wrong
    assert "有 2 处需要修改" in wrong


@pytest.mark.django_db
def test_the_band_names_person_and_place(client: Client, secretary: User) -> None:
    client.force_login(secretary)
    page = client.get("/").text
    assert secretary.full_name in page
    assert Organization.objects.get(pk=secretary.posts()[0].organization_id).short_name in page
    assert 'aria-current="page"' in page
