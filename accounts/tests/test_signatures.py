"""Standard Webhooks signatures: the published example, both secrets, and everything that must be refused."""

import base64

import pytest

from accounts.signatures import BadSignature, check, secret_bytes, sign

SECRET = "whsec_" + base64.b64encode(b"first secret of thirty-two bytes").decode()
OTHER = "whsec_" + base64.b64encode(b"other secret of thirty-two bytes").decode()
BODY = b'{"type":"effect.confirmed"}'
NOW = 1_790_000_000


def check_with(secrets: list[str], signature: str, **changes: object) -> None:
    message = {"webhook_id": "msg_1", "timestamp": str(NOW), "body": BODY, "now": float(NOW)} | changes
    check(secrets, signature=signature, **message)  # type: ignore[arg-type]  # one dict, many types


def test_the_published_example_of_the_standard_holds() -> None:
    # https://github.com/standard-webhooks/standard-webhooks: its libraries all test with these values.
    signature = sign(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        webhook_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_message_signed_with_either_secret_is_accepted() -> None:
    check_with([SECRET, OTHER], sign([OTHER], webhook_id="msg_1", timestamp=NOW, body=BODY))
    check_with([OTHER], sign([SECRET, OTHER], webhook_id="msg_1", timestamp=NOW, body=BODY))


@pytest.mark.parametrize(
    "changes",
    [
        {"body": b"{}"},
        {"webhook_id": "msg_2"},
        {"timestamp": str(NOW + 1)},
        {"now": float(NOW + 301)},
        {"now": float(NOW - 301)},
        {"timestamp": "soon"},
        {"timestamp": "١٧٩٠"},
        {"timestamp": ""},
        {"timestamp": "9" * 400},
        {"timestamp": "9" * 5_000},
        {"webhook_id": ""},
    ],
)
def test_a_changed_message_is_refused(changes: dict[str, object]) -> None:
    signature = sign([SECRET], webhook_id="msg_1", timestamp=NOW, body=BODY)

    with pytest.raises(BadSignature):
        check_with([SECRET], signature, **changes)


@pytest.mark.parametrize("signature", ["", "v1,", "v1", "v2,abc", "v1,한글", "v1,AAAA v1,BBBB"])
def test_a_signature_of_another_shape_is_refused(signature: str) -> None:
    with pytest.raises(BadSignature):
        check_with([SECRET], signature)


def test_a_secret_that_is_no_base64_is_refused() -> None:
    with pytest.raises(ValueError, match="base64"):
        secret_bytes("whsec_not base64!")
