"""Several terminal pictures as one SVG that plays them one after the other, with nothing but CSS."""

import re

_TERMINAL = re.compile(r"terminal-\d+")
_FONTS = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_VIEW_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def join_frames(frames: tuple[str, ...], *, seconds: float) -> str:
    """Return the animation.

    Args:
        frames: what `App.export_screenshot` gave, all of one size.
        seconds: how long each frame stands. Where nothing moves, only the first one is seen.
    """
    found = _VIEW_BOX.search(frames[0])
    if found is None:
        raise ValueError("the first frame is no picture of a terminal")
    width, height = found.groups()
    whole = seconds * len(frames)
    delays = "\n".join(f".frame-{at} {{ animation-delay: {at * seconds:g}s; }}" for at in range(1, len(frames)))
    shown = "\n".join(f'<g class="frame frame-{at}">\n{_rename(frame, at)}\n</g>' for at, frame in enumerate(frames))
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">
<style>
.frame {{ visibility: hidden; }}
.frame-0 {{ visibility: visible; }}
@keyframes turn {{ 0% {{ visibility: visible; }} {100 / len(frames):g}%, 100% {{ visibility: hidden; }} }}
@media not (prefers-reduced-motion: reduce) {{
.frame {{ animation: turn {whole:g}s step-end infinite; }}
{delays}
}}
</style>
{shown}
</svg>
"""


def _rename(frame: str, at: int) -> str:
    """Return the frame ids and classes that no other frame has, and leave its fonts to the reader's machine."""
    return _FONTS.sub("", _TERMINAL.sub(f"frame-{at}-terminal", frame)).strip()
