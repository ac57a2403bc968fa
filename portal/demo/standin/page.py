"""The pages of the demonstration's marketplace, for people: plain HTML that needs no script."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import quote

from portal.demo.standin.modes import MODES, Standin

_STYLE = """body{font:16px/1.6 system-ui,sans-serif;max-width:64em;margin:2em auto;padding:0 1em;word-break:keep-all}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;min-width:44em}
td,th{border-bottom:1px solid #ccc;padding:.4em;text-align:left}th{white-space:nowrap}
button,input,select{font:inherit;margin:.2em 0;padding:.4em .8em;max-width:100%;box-sizing:border-box}
label{display:block;margin-top:.8em}
button[aria-pressed=true]{background:#0b6b57;color:#fff}fieldset{border:1px solid #ccc}
@media(prefers-color-scheme:dark){:root{color-scheme:dark}body{background:#121a18;color:#e6efec}a{color:#5fd1b3}}"""


def _page(title: str, body: str, *, refreshes: bool = False) -> str:
    refresh = '<meta http-equiv="refresh" content="5">' if refreshes else ""
    return (
        '<!doctype html><html lang="ko"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">{refresh}'
        f"<title>{escape(title)}</title><style>{_STYLE}</style><main><h1>{escape(title)}</h1>{body}</main></html>"
    )


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Cells are HTML already."""
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def front(place: Standin, sellers: Mapping[str, str]) -> str:
    """What is on sale, what the portal has asked, what sellers and buyers may do."""
    parts = [
        "<p>지킴이와 연동한 연습용 마켓플레이스입니다. 5초마다 새로 고칩니다.</p>",
        '<p><a href="/new">새 상품 올리기</a></p>',
        _modes(place),
        "<h2>상품</h2>",
        _listings(place),
        "<h2>주문</h2>",
        _orders(place),
        "<h2>판매자</h2>",
        _sellers(sellers),
        _notices(place),
    ]
    return _page("시범장터", "".join(parts), refreshes=True)


def _modes(place: Standin) -> str:
    buttons = "".join(
        f'<button name="mode" value="{mode}" aria-pressed="{str(mode == place.mode).lower()}">{text}</button> '
        for mode, text in MODES.items()
    )
    return f'<form method="post" action="/mode"><fieldset><legend>다음 조치부터</legend>{buttons}</fieldset></form>'


def _listings(place: Standin) -> str:
    rows = place.known["listings"]
    if not rows:
        return "<p>아직 상품도, 받은 조치도 없습니다.</p>"
    cells = [
        (
            escape(number),
            escape(str(row["item"].get("title", ""))),
            escape(row["sale_state"]),
            f"v{row['version']}" if row["version"] else "",
            escape(row["reason"]),
            str(place.known["confirmations"].get(number, "")),
        )
        for number, row in rows.items()
    ]
    return _table(("상품 번호", "이름", "판매 상태", "판", "사유", "보낸 답"), cells)


def _orders(place: Standin) -> str:
    rows = place.known["orders"]
    if not rows:
        return "<p>아직 주문이 없습니다.</p>"
    cells = [
        (
            f'<a href="/go/order/{quote(row["item"]["order"], safe="")}">주문 상세 {escape(row["item"]["order"])}</a>',
            escape(row["item"]["title"]),
            "받음" if "received_at" in row["item"] else _received(number),
            "보냄" if row["is_sent"] else "보낼 것",
        )
        for number, row in rows.items()
    ]
    return _table(("주문", "상품", "배송", "지킴이에"), cells)


def _received(number: str) -> str:
    button = f'<button name="line" value="{escape(number)}">물건을 받았습니다</button>'
    return f'<form method="post" action="/received">{button}</form>'


def _sellers(sellers: Mapping[str, str]) -> str:
    links = "".join(
        f'<li><a href="/go/seller/{quote(number, safe="")}">판매자 센터: {escape(name)}</a></li>'
        for number, name in sellers.items()
    )
    return f"<p>링크를 누르면 그 순간 서명한 주소로 지킴이의 판매자 화면에 들어갑니다.</p><ul>{links}</ul>"


def _notices(place: Standin) -> str:
    rows = [(escape(addressee(each)), escape(_words(each))) for each in place.known["notices"][-20:]]
    return f"<h2>판매자에게 보일 통지</h2>{_table(('판매자', '내용'), rows)}" if rows else ""


def addressee(notice: Mapping[str, Any]) -> str:
    """The number of the seller whom a notice is for."""
    return str(notice.get("seller") or notice.get("recipient", {}).get("ref", ""))


def _words(notice: Mapping[str, Any]) -> str:
    if notice["type"] == "notice.code":
        return f"확인 코드 {notice['code']}"
    return str(notice.get("subject") or notice.get("statement", {}).get("subject", ""))


def new_listing(sellers: Mapping[str, str], pictures: Mapping[str, str]) -> str:
    """The form of a new listing. Which picture is used shows what screening sees."""
    body = (
        "<p>판매를 시작하기 전에 지킴이에 먼저 묻습니다. 보류되면 판매가 시작되지 않습니다.</p>"
        '<form method="post" action="/publish">'
        '<label for="title">상품 이름</label><input id="title" name="title" required maxlength="200" size="40">'
        '<label for="price">가격(원)</label>'
        '<input id="price" name="price" required inputmode="numeric" pattern="[0-9]{1,9}" value="39000">'
        f"{_choice('seller', '판매자', sellers)}{_choice('picture', '사진', pictures)}"
        '<p><button>심사받고 판매하기</button> <a href="/">돌아가기</a></p></form>'
    )
    return _page("새 상품 올리기", body)


def _choice(name: str, label: str, choices: Mapping[str, str]) -> str:
    options = "".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in choices.items())
    return f'<label for="{name}">{label}</label><select id="{name}" name="{name}">{options}</select>'


_VERDICTS = {"pass": "바로 판매합니다", "review": "판매하고, 지킴이가 살펴봅니다", "stop": "판매를 보류합니다"}


def screened(title: str, answer: Mapping[str, Any]) -> str:
    """What the portal said before the listing went on sale."""
    reasons = "".join(
        f"<li>{escape(reason['ko'])}</li>" for finding in answer["findings"] for reason in finding["reasons"]
    )
    helps = "".join(f"<li>{escape(each['ko'])}</li>" for each in answer["help"])
    body = (
        f"<p><strong>{_VERDICTS[answer['verdict']]}</strong></p><p>{escape(answer['message']['ko'])}</p>"
        + (f"<h2>이유</h2><ul>{reasons}</ul>" if reasons else "")
        + (f"<h2>도움이 되는 것</h2><ul>{helps}</ul>" if helps else "")
        + '<p><a href="/">시범장터로</a> · <a href="/new">다른 상품 올리기</a></p>'
    )
    return _page(title, body)


def trouble(text: str) -> str:
    """What did not work, and why."""
    return _page("지금은 할 수 없습니다", f'<p>{escape(text)}</p><p><a href="/">시범장터로</a></p>')
