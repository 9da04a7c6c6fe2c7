"""The session of the docs: frames of real screens in one picture that plays them."""

from xml.etree import ElementTree as ET

from textual.app import App
from textual.widgets import Static

from tools.docs.animation import join_frames

SVG = "{http://www.w3.org/2000/svg}"


class Shown(App[None]):
    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self):
        yield Static(self._text, markup=False)


async def take(text: str) -> str:
    app = Shown(text)
    async with app.run_test(size=(40, 5)):
        return app.export_screenshot(title="<demo>")


async def test_every_frame_is_in_the_animation_and_none_takes_the_colours_of_another():
    frames = (await take("one & only"), await take("two"), await take("three"))
    root = ET.fromstring(join_frames(frames, seconds=2))
    groups = root.findall(f"{SVG}g")
    assert ["frame frame-0", "frame frame-1", "frame frame-2"] == [group.get("class") for group in groups]
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert "two" in "".join(groups[1].itertext())
    style = root.find(f"{SVG}style")
    assert style is not None
    assert "animation: turn 6s" in (style.text or "")
    assert "font-face" not in ET.tostring(root, encoding="unicode")
