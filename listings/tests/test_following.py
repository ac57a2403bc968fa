"""What is owed a new look after a change: of the brands' material, and of the everyday words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from brands.models import Brand, BrandName
from brands.tests.factories import make_brand
from core.models import Heartbeat, Job
from listings import ordinary_words
from listings.choices import MatchStatus
from listings.engine import current_engine
from listings.matches import decide
from listings.material import material_version
from listings.models import IndexSnapshot, Match, ScreeningRun
from listings.screening import enqueue_pending, learning, queue, screen_versions
from listings.tasks import ask_for_learning, follow_material, learn_ordinary_words, screen_chunk
from listings.tests.copies import make_copied_brand, rules_with, shown
from listings.tests.factories import make_listing
from listings.tests.match_rows import NOW
from sellers.tests.factories import make_seller

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    return make_copied_brand()


def spell(brand: Brand, spelling: str) -> None:
    BrandName.objects.create(brand=brand, spelling=spelling, script="latin")


def note() -> str:
    return Heartbeat.objects.get(name="screening").note


def owed() -> list[list[int]]:
    """What the jobs name, and forget them."""
    chunks = [job.payload["versions"] for job in Job.objects.order_by("pk")]
    Job.objects.all().delete()
    return chunks


# -- the brands' material ---------------------------------------------------------------------------------------------


def test_a_change_is_followed_once_it_has_settled(brand: Brand) -> None:
    ids = [shown(make_listing()).pk for _ in range(3)]
    screen_versions(ids)

    assert (follow_material(now=NOW), owed()) == (0, [])
    assert (follow_material(now=NOW), owed()) == (0, [])
    assert note() == f"{material_version()} done"
    spell(brand, "Damonbit")
    assert (follow_material(now=NOW), owed()) == (0, [])
    assert (follow_material(now=NOW), owed()) == (1, [ids])
    assert (follow_material(now=NOW), owed()) == (0, [])


def test_an_import_that_goes_on_is_not_followed_at_every_step(brand: Brand) -> None:
    make_listing()
    for number in range(3):
        spell(brand, f"Damonbit {number}")
        assert follow_material(now=NOW) == 0

    assert follow_material(now=NOW) == 1
    assert Job.objects.count() == 1


def test_many_listings_are_followed_a_bite_at_a_time(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "CHUNK", 2)
    monkeypatch.setattr(queue, "_JOBS_A_TURN", 2)
    ids = [shown(make_listing()).pk for _ in range(5)]

    follow_material(now=NOW)
    assert (follow_material(now=NOW), owed()) == (2, [ids[:2], ids[2:4]])
    assert note() == f"{material_version()} {ids[3]}"
    assert (follow_material(now=NOW), owed()) == (1, [ids[4:]])
    assert (follow_material(now=NOW), owed()) == (0, [])


def test_a_change_in_the_middle_begins_anew(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "CHUNK", 1)
    monkeypatch.setattr(queue, "_JOBS_A_TURN", 1)
    first, second = (shown(make_listing()).pk for _ in range(2))
    follow_material(now=NOW)
    assert (follow_material(now=NOW), owed()) == (1, [[first]])
    spell(brand, "Damonbit")

    assert (follow_material(now=NOW), owed()) == (0, [])
    assert (follow_material(now=NOW), owed()) == (1, [[first]])
    assert (follow_material(now=NOW), owed()) == (1, [[second]])


def test_only_what_listings_show_and_was_not_compared_is_owed(brand: Brand) -> None:
    compared, old = shown(make_listing()), make_listing()
    screen_versions([compared.pk])
    old.current_version = None
    old.save()
    waiting = shown(make_listing())

    assert (enqueue_pending(), owed()) == (1, [[waiting.pk]])


def test_what_an_import_owes_at_its_end_the_chore_does_not_owe_again(brand: Brand) -> None:
    make_listing()
    assert enqueue_pending() == 1
    Job.objects.all().delete()

    assert follow_material(now=NOW) == 0
    assert Job.objects.count() == 0


def test_what_a_change_brought_is_found_by_the_job_it_owed() -> None:
    make_brand("누벨하니")
    listing = make_listing("명품 다.몬.빛 크림")
    screen_versions([shown(listing).pk])
    assert not Match.objects.exists()
    later = make_brand("다몬빛")
    enqueue_pending()

    assert screen_chunk(Job.objects.get().payload) == {"screened": 1, "review": 1, "stop": 0}
    assert Match.objects.awaiting_review().get().brand == later


# -- everyday words ---------------------------------------------------------------------------------------------------


@pytest.fixture
def four_titles_teach(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = rules_with({"ordinary_titles_least": 4, "ordinary_titles_most": 20, "ordinary_word_sellers": 2})
    for module in (ordinary_words, learning):
        monkeypatch.setattr(module, "current", lambda _area: rules)


@pytest.fixture
def printers(four_titles_teach: None) -> list[int]:
    """Two printers of two sellers, taken for slips of Prinster by an index that knows no words yet."""
    make_brand("Prinster")
    ids = [shown(make_listing(title, seller=make_seller())).pk for title in ("laser printer", "color printer")]
    screen_versions(ids)
    assert Match.objects.awaiting_review().count() == 2
    return ids


def list_two_more() -> None:
    for title in ("green tea", "black tea"):
        make_listing(title, seller=make_seller())


def job_kinds() -> list[str]:
    return list(Job.objects.order_by("pk").values_list("kind", flat=True))


def test_learned_words_are_no_alarm_any_more(printers: list[int]) -> None:
    list_two_more()

    assert learn_ordinary_words({}) == {"jobs": 1}
    job = Job.objects.get()
    assert job.payload == {"versions": printers, "again": True}
    assert screen_chunk(job.payload) == {"screened": 2, "review": 0, "stop": 0}
    assert set(Match.objects.values_list("status", flat=True)) == {MatchStatus.OUTDATED}
    assert set(ScreeningRun.objects.values_list("verdict", flat=True)) == {"pass"}


def test_what_a_moderator_decided_is_not_looked_at_again(printers: list[int]) -> None:
    decided = Match.objects.awaiting_review()[0]
    decide(decided, to=MatchStatus.REJECTED, actor=None, now=timezone.now())
    list_two_more()
    learn_ordinary_words({})

    assert Job.objects.get().payload["versions"] == [pk for pk in printers if pk != decided.version_id]


def test_learning_is_asked_for_once_there_is_enough_to_learn(printers: list[int]) -> None:
    assert (ask_for_learning(now=NOW), job_kinds()) == (0, [])
    list_two_more()

    assert (ask_for_learning(now=NOW), job_kinds()) == (1, ["listings.learn_words"])
    assert (ask_for_learning(now=NOW), job_kinds()) == (1, ["listings.learn_words"])
    learn_ordinary_words({})
    assert IndexSnapshot.objects.latest("pk").title_count == 4
    Job.objects.all().delete()
    assert (ask_for_learning(now=timezone.now()), job_kinds()) == (0, [])


def test_learning_twice_is_learning_once(printers: list[int]) -> None:
    list_two_more()
    learn_ordinary_words({})

    assert learn_ordinary_words({}) == {"jobs": 0}
    assert IndexSnapshot.objects.count() == 2


@pytest.mark.parametrize(("more", "asked"), [(3, 0), (4, 1)])
def test_words_are_learned_again_when_the_titles_have_doubled(printers: list[int], more: int, asked: int) -> None:
    list_two_more()
    learn_ordinary_words({})
    for _ in range(more):
        make_listing(seller=make_seller())

    assert ask_for_learning(now=timezone.now()) == asked


@pytest.mark.parametrize(("days", "asked"), [(6, 0), (8, 1)])
def test_words_are_learned_again_after_some_days(printers: list[int], days: int, asked: int) -> None:
    list_two_more()
    learn_ordinary_words({})

    assert ask_for_learning(now=timezone.now() + timedelta(days=days)) == asked


def test_learning_the_same_words_again_builds_nothing_new(printers: list[int]) -> None:
    list_two_more()
    learn_ordinary_words({})
    Job.objects.all().delete()
    later = timezone.now() - timedelta(days=8)
    IndexSnapshot.objects.update(built_at=later)

    assert (learn_ordinary_words({}), job_kinds()) == ({"jobs": 0}, [])
    assert IndexSnapshot.objects.latest("pk").built_at > later
    assert IndexSnapshot.objects.count() == 2


def test_the_first_index_learns_from_what_is_there(four_titles_teach: None) -> None:
    for _ in range(4):
        make_listing(seller=make_seller())

    assert (ask_for_learning(now=NOW), learn_ordinary_words({})) == (0, {"jobs": 0})
    assert not IndexSnapshot.objects.exists()
    assert current_engine().engine.snapshot.vocabulary == frozenset({"상품"})
