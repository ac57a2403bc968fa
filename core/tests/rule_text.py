"""The rule text once more, read slowly: what ``core.calendar`` is checked against.

Written from 민법 제157조–제161조 sentence by sentence, one day or half hour at a time, without the arithmetic of
``core.calendar.rules``. The days off stand in a table of their own (its comment says where from).
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")
DAY = timedelta(days=1)

#: The public holidays of each year, MMDD. 2026 and 2027 are copied from the official list (월력요항). 2018–2025 are
#: pinned as ``holidays`` 0.109 gives them, a release compared day by day with 월력요항-based data for 2018–2027
#: without a difference; for these years the table guards against a later release and is no second source. 2028, in
#: which periods of 2027 end, is not published yet: pinned in the same way.
HOLIDAYS = {
    2018: "0101 0215 0216 0217 0301 0505 0507 0522 0606 0613 0815 0923 0924 0925 0926 1003 1009 1225",
    2019: "0101 0204 0205 0206 0301 0505 0506 0512 0606 0815 0912 0913 0914 1003 1009 1225",
    2020: "0101 0124 0125 0126 0127 0301 0415 0430 0505 0606 0815 0817 0930 1001 1002 1003 1009 1225",
    2021: "0101 0211 0212 0213 0301 0505 0519 0606 0815 0816 0920 0921 0922 1003 1004 1009 1011 1225",
    2022: "0101 0131 0201 0202 0301 0309 0505 0508 0601 0606 0815 0909 0910 0911 0912 1003 1009 1010 1225",
    2023: "0101 0121 0122 0123 0124 0301 0505 0527 0529 0606 0815 0928 0929 0930 1002 1003 1009 1225",
    2024: "0101 0209 0210 0211 0212 0301 0410 0505 0506 0515 0606 0815 0916 0917 0918 1001 1003 1009 1225",
    2025: "0101 0127 0128 0129 0130 0301 0303 0505 0506 0603 0606 0815 1003 1005 1006 1007 1008 1009 1225",
    2026: (
        "0101 0216 0217 0218 0301 0302 0501 0505 0524 0525 0603 0606 0717 0815 0817 0924 0925 0926 1003 1005 1009 1225"
    ),
    2027: (
        "0101 0206 0207 0208 0209 0301 0501 0503 0505 0513 0606 0717 0719 0815 0816 0914 0915 0916 1003 1004 1009 1011"
        " 1225 1227"
    ),
    2028: "0101 0126 0127 0128 0301 0412 0501 0502 0505 0606 0717 0815 1002 1003 1004 1005 1009 1225",
}


@cache
def public_holidays(year: int) -> frozenset[date]:
    return frozenset(date(year, int(text[:2]), int(text[2:])) for text in HOLIDAYS[year].split())


def is_off(day: date) -> bool:
    """토요일 또는 공휴일, and Sundays by 부칙 제3조 of 공휴일에 관한 법률."""
    return day.strftime("%w") in {"0", "6"} or day in public_holidays(day.year)


def after_article_161(day: date) -> date:
    """기간의 말일이 토요일 또는 공휴일에 해당한 때에는 기간은 그 익일로 만료한다."""
    return after_article_161(day + DAY) if is_off(day) else day


def last_of_days(receipt: date, count: int) -> date:
    """기간의 초일은 산입하지 아니한다: count the days aloud from the next one on."""
    day, counted = receipt, 0
    while counted < count:
        day += DAY
        counted += 1
    return day


def last_of_months(receipt: date, count: int) -> date:
    """최후의 월에서 그 기산일에 해당한 날의 전일로 만료한다; 해당일이 없는 때에는 그 월의 말일로 만료한다."""
    first_counted = receipt + DAY
    day, months_begun = first_counted, 0
    while months_begun < count:
        day += DAY
        months_begun += day.day == 1
    last_month = [day]
    while (last_month[-1] + DAY).month == day.month:
        last_month.append(last_month[-1] + DAY)
    corresponding = [each for each in last_month if each.day == first_counted.day]
    return corresponding[0] - DAY if corresponding else last_month[-1]


def business_days_after(start: date, count: int) -> date:
    """List the days after the start, cross out those off, take the ``count``-th that is left."""
    open_days = [day for day in (start + DAY * step for step in range(1, 4 * count + 30)) if not is_off(day)]
    return open_days[count - 1]


def business_hours_after(start: datetime, hours: int) -> datetime:
    """Walk in half hours; one counts where its day in Seoul is a business day. ``start`` stands on a half hour."""
    step, moment, counted = timedelta(minutes=30), start.astimezone(UTC), 0
    while counted < 2 * hours:
        counted += not is_off(moment.astimezone(SEOUL).date())
        moment += step
    return moment
