"""Pinyin of names: alphabetical order, initials and what a search looks through."""

import unicodedata
from functools import lru_cache

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

# Surnames whose reading differs from the everyday one.
_SURNAMES = {
    "万俟": "mo4 qi2", "尉迟": "yu4 chi2", "单于": "chan2 yu2", "澹台": "tan2 tai2", "长孙": "zhang3 sun1", "令狐": "ling2 hu2",
    "宰父": "zai3 fu3", "亓官": "qi2 guan1", "夏侯": "xia4 hou2", "呼延": "hu1 yan2", "欧阳": "ou1 yang2", "上官": "shang4 guan1",
    "诸葛": "zhu1 ge3", "皇甫": "huang2 fu3", "司马": "si1 ma3", "东方": "dong1 fang1", "公孙": "gong1 sun1", "慕容": "mu4 rong2",
    "宇文": "yu3 wen2", "司徒": "si1 tu2", "轩辕": "xuan1 yuan2", "端木": "duan1 mu4", "南宫": "nan2 gong1", "西门": "xi1 men2",
    "单": "shan4", "曾": "zeng1", "仇": "qiu2", "解": "xie4", "区": "ou1", "查": "zha1", "朴": "piao2", "任": "ren2", "盖": "ge3",
    "乐": "yue4", "华": "hua4", "缪": "miao4", "覃": "qin2", "翟": "zhai2", "召": "shao4", "员": "yun4", "冼": "xian3",
    "洗": "xian3", "秘": "bi4", "繁": "po2", "种": "chong2", "重": "chong2", "折": "she2", "句": "gou1", "纪": "ji3",
    "过": "guo1", "应": "ying1", "葛": "ge3", "车": "che1", "祭": "zhai4", "那": "na1", "晁": "chao2",
    "郇": "xun2", "缴": "jiao3", "乜": "nie4", "祝": "zhu4", "逄": "pang2", "么": "yao1", "尧": "yao2", "谌": "chen2", "隗": "wei3",
    "哈": "ha3", "瞿": "qu2", "阚": "kan4", "殷": "yin1", "燕": "yan1", "俞": "yu2", "於": "yu1", "曲": "qu1", "褚": "chu3",
    "都": "du1", "佴": "nai4", "薄": "bo2", "卜": "bu3", "柏": "bai3", "贲": "ben1", "氾": "fan2",
    "沈": "shen3", "宓": "mi4", "筰": "ze2", "会": "gui4",
    "尉": "wei4", "呙": "guo1",
}  # fmt: skip


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


def simplified(text: str) -> str:
    """Returns the text with traditional hanzi replaced by simplified ones."""
    return str(_converter().convert(text)) if not text.isascii() else text


@lru_cache(maxsize=65_536)
def _read(text: str) -> tuple[str, ...]:
    found = lazy_pinyin(
        text,
        style=Style.TONE3,
        neutral_tone_with_five=True,
        v_to_u=False,
        errors=list,  # type: ignore[arg-type]
    )
    return tuple(found)


def syllables(name: str) -> tuple[str, ...]:
    """Returns the syllables of a name with tone numbers (ü as v), surname read as a surname; other characters stay as they are."""
    letters = "".join(character for character in simplified(name) if character.isalnum())
    for length in (2, 1):
        reading = _SURNAMES.get(letters[:length])
        if reading is not None and (length == 2 or len(letters) > 1):
            return (*reading.split(), *_read(letters[length:]))
    return _read(letters[:1]) + _read(letters[1:])


def pinyin_key(name: str) -> str:
    """Returns a text of lower-case letters and tone digits whose plain order is the pinyin order, syllable by syllable."""
    return "".join(syllable.lower() for syllable in syllables(name))


def initials(name: str) -> str:
    """Returns the first letter of each syllable, in lower case: 王芳 → wf."""
    return "".join(syllable[:1].lower() for syllable in syllables(name))


def full_pinyin(name: str) -> str:
    """Returns the syllables without tones and gaps: 王芳 → wangfang."""
    return "".join(
        syllable.lower().rstrip("12345") if syllable[:1].isalpha() else syllable
        for syllable in syllables(name)
    )


def search_key(name: str) -> str:
    """Returns what a search looks through: the simplified name, the full pinyin and the initials, parted by blanks."""
    return f"{query_key(name)} {full_pinyin(name)} {initials(name)}"


def query_key(typed: str) -> str:
    """Returns what was typed into a search box in the form of search_key: simplified, half-width, lower case, no blanks or dots."""
    folded = (
        simplified(unicodedata.normalize("NFKC", typed))
        .lower()
        .replace("ü", "v")
        .replace("lyu", "lv")
        .replace("nyu", "nv")
    )
    return "".join(character for character in folded if character.isalnum())
