"""Makes web/fonts/inter.woff2: Inter as one variable font (wght 400 to 700), subset to Latin.

Debian's fonts-inter ships static fonts only. Inter's outlines between Regular and Black are linear in weight, so
the second master is Regular + 3 x (Medium - Regular), which is Bold but for rounding, and unlike the shipped Bold
has the same points as Regular. Glyphs whose points differ all the same (a few, named on stderr) keep one weight.
Kerning is Regular's at every weight.

Usage: make.py FONT_DIR OUT.woff2
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.cu2qu import curves_to_quadratic
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.TupleVariation import TupleVariation

LIGHTEST, MEDIUM, BOLDEST = 400, 500, 700
STRETCH = (BOLDEST - LIGHTEST) / (MEDIUM - LIGHTEST)
MAX_ERROR = 1.0  # font units of 2048 or more an em

LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x180)]
MARKS = [0x2009, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x202F, 0x20AC, 0x2190, 0x2192, 0x2212]
FEATURES = ["kern", "tnum", "cv11", "ss03"]


def load(path):
    font = TTFont(path)
    options = subset.Options()
    options.layout_features = FEATURES
    options.desubroutinize = True
    options.hinting = False
    options.glyph_names = True
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=LATIN + MARKS)
    subsetter.subset(font)
    return font


def outline(font, name):
    pen = DecomposingRecordingPen(font.getGlyphSet())
    font.getGlyphSet()[name].draw(pen)
    return pen.value


def alike(regular, medium):
    """The two outlines with the same operators, straight lines written as curves where only one is straight; or None."""
    if len(regular) != len(medium):
        return None
    here, pairs = (None, None), []
    for (op_a, a), (op_b, b) in zip(regular, medium):
        if {op_a, op_b} == {"lineTo", "curveTo"}:
            a, b = as_curve(op_a, here[0], a), as_curve(op_b, here[1], b)
            op_a = op_b = "curveTo"
        if op_a != op_b:
            return None
        here = (a[-1] if a else None, b[-1] if b else None)
        pairs.append((op_a, a, b))
    return pairs


def as_curve(op, start, points):
    if op == "curveTo":
        return points
    (x, y), (u, v) = start, points[0]
    return ((x + (u - x) / 3, y + (v - y) / 3), (x + 2 * (u - x) / 3, y + 2 * (v - y) / 3), (u, v))


def stretched(pairs):
    """The light and the bold outline."""
    light = [(op, a) for op, a, _ in pairs]
    bold = [
        (op, tuple((x + STRETCH * (u - x), y + STRETCH * (v - y)) for (x, y), (u, v) in zip(a, b))) for op, a, b in pairs
    ]
    return light, bold


def quadratic(outlines):
    """The outlines as TrueType glyphs with the same points in each."""
    pens = [TTGlyphPen(None) for _ in outlines]
    here = [None] * len(outlines)
    for step in zip(*outlines):
        op, points = step[0][0], [part[1] for part in step]
        if op == "curveTo":
            cubics = [[at, *rest] for at, rest in zip(here, points)]
            points = [tuple(spline[1:]) for spline in curves_to_quadratic(cubics, [MAX_ERROR] * len(cubics))]
            op = "qCurveTo"
        for pen, part in zip(pens, points):
            getattr(pen, op)(*part)
        here = [part[-1] if part else None for part in points]
    return [pen.glyph() for pen in pens]


def main(folder, out):
    regular, medium = load(folder / "Inter-Regular.otf"), load(folder / "Inter-Medium.otf")
    order = [g for g in regular.getGlyphOrder() if g in set(medium.getGlyphOrder())]
    assert order == regular.getGlyphOrder(), "the two weights must have the same glyphs"

    glyphs, variations, widths = {}, {}, {}
    for name in order:
        pairs = alike(outline(regular, name), outline(medium, name))
        width = regular["hmtx"][name][0]
        grown = round(STRETCH * (medium["hmtx"][name][0] - width))
        widths[name] = width
        if pairs is None:
            print(f"one weight only: {name}", file=sys.stderr)
            (glyphs[name],) = quadratic([outline(regular, name)])
            continue
        glyphs[name], heavy = quadratic(stretched(pairs))
        light_at = glyphs[name].coordinates if glyphs[name].numberOfContours else []
        heavy_at = heavy.coordinates if heavy.numberOfContours else []
        deltas = [(round(u - x), round(v - y)) for (x, y), (u, v) in zip(light_at, heavy_at)]
        deltas += [(0, 0), (grown, 0), (0, 0), (0, 0)]  # the four phantom points
        variations[name] = [TupleVariation({"wght": (0.0, 1.0, 1.0)}, deltas)]

    for table in ("CFF ", "VORG", "DSIG"):
        if table in regular:
            del regular[table]
    build = FontBuilder(font=regular)
    build.isTTF = True
    regular.sfntVersion = "\000\001\000\000"
    build.setupGlyf(glyphs)
    build.setupHorizontalMetrics({name: (widths[name], glyphs[name].xMin if glyphs[name].numberOfContours else 0) for name in order})
    build.setupMaxp()
    build.setupFvar([("wght", LIGHTEST, LIGHTEST, BOLDEST, "Weight")], [])
    build.setupGvar(variations)
    build.setupPost(keepGlyphNames=False)
    regular.flavor = "woff2"
    regular.save(out)
    print(f"{out}: {out.stat().st_size} bytes, {len(order)} glyphs, {len(order) - len(variations)} of one weight")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
