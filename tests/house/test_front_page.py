"""The picture on the front page is what the present code draws of a real group."""

from __future__ import annotations

from tests.house.front_page import PICTURE, front_page_picture


def test_the_picture_on_the_front_page_is_up_to_date() -> None:
    assert PICTURE.read_text(encoding="utf-8") == front_page_picture() + "\n", "make notebooks draws it anew"
