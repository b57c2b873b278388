"""The drawn page of the demo's paper book."""

from dashboards.demo import book


def test_the_drawn_page_is_the_same_each_time_and_differs_with_its_words() -> None:
    one, other = book.draw_page(12, [("周大娘", "路灯不亮")]), book.draw_page(12, [("周大娘", "路灯不亮")])
    assert one.sha256 == other.sha256
    assert book.draw_page(12, [("周大娘", "路灯亮了")]).sha256 != one.sha256
    assert len(one.jpeg) < 300_000
