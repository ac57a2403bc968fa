"""The ordinary words of a marketplace. Promises that a word its own titles use is never taken for a disguise."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from matching.names import plain

Vocabulary = frozenset[str]

EMPTY: Final[Vocabulary] = frozenset()
_WORD: Final = re.compile(r"[^\W_]+(?:[^\w\s]+[^\W_]+)*")
_PIECE: Final = re.compile(r"[^\W_]+")
_MOST_WORDS: Final = 200_000

# Everyday words that are somebody's brand, for a house that has no titles of its own yet.
_EVERYDAY_WORDS: Final = """
    and for new the with from home best free plus first one two on in by up go all day life zoo gap next open now
    live cool hot big mini max pro air sun star moon sky sea blue red green black white gold silver orange apple
    banana cherry mango peach coffee tea water milk sugar salt honey fruit beauty color colour style fashion shop
    store market mall family baby kids girl boy man woman people world city urban street park house garden kitchen
    living room book pen paper card box bag case cover cap hat shoe ring band line dot point space time speed power
    energy smart easy happy love heart dream angel magic lucky royal king queen prince crown classic modern original
    natural nature organic pure simple basic special standard active sport sports outdoor travel camp camping fit
    health care clean fresh soft touch 오늘 내일 하루 매일 아침 저녁 봄 여름 가을 겨울 바다 하늘 구름 나무 숲 꽃 별
    달 해 물 불 바람 자연 우리 나 너 집 방 문 길 산 강 사랑 행복 마음 꿈 생활 건강 미소 친구 가족 엄마 아빠 아기
    아이 사람 세상 나라 한국 서울 시장 가게 식탁 주방 정원 공원 학교 책 연필 종이 가방 모자 신발 옷 시계 반지 우산
    커피 우유 설탕 소금 사과 포도 딸기 바나나 오렌지 설화 후 온 숨 빛 담 결 올 더 참 새 첫 큰 고운 맑은 푸른 하얀
    까만 빨간 한 두 세 네 이 그 저 내 네 제 또 꼭 왜 잘 안 못 좀 막 딱 늘
"""
EVERYDAY: Final = frozenset(_EVERYDAY_WORDS.split())


def words_of(text: str) -> Iterator[str]:
    """The words of a text: runs of letters and digits, with and without the signs that join them."""
    for match in _WORD.finditer(plain(text)):
        yield match.group()
        yield from _PIECE.findall(match.group())


def vocabulary_of(titles: Iterable[str]) -> list[str]:
    """The words of these titles, those of most titles first, at most 200,000."""
    counts: Counter[str] = Counter()
    for title in set(titles):
        counts.update(set(words_of(title)))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [word for word, _ in ranked[:_MOST_WORDS]]
