#!/usr/bin/env python3
"""Makes the fonts under assets/ from their originals, subset to what the window shows.

    pip install fonttools
    python3 assets/build.py INTER_FOLDER JETBRAINS_MONO_FOLDER PHOSPHOR_PACKAGE

INTER_FOLDER holds Inter-*.otf, JETBRAINS_MONO_FOLDER JetBrainsMono-*.ttf, PHOSPHOR_PACKAGE is the unpacked npm package
@phosphor-icons/web. Digits of Inter become its tabular ones, so that numbers stand in columns. The icon list is read
from src/ui/theme/icons.rs: add a line there with the icon's name and run this again; it writes the code points back.
"""
import json, pathlib, re, sys
from fontTools import subset
from fontTools.ttLib import TTFont

HERE = pathlib.Path(__file__).parent
ICONS_RS = HERE.parent / "src/ui/theme/icons.rs"
RANGES = """0020-007E 00A0-017F 0192 0218-021B 0237 02C6-02DD 0300-0304 0306-030C 0370-03FF 0400-045F 0490-0491 04BA-04BB
1E80-1E85 1E9E 2000-200B 2010-2027 202F-203A 2044 2070-209C 20AC 20BF 2116 2122 2126 2190-21FF 2200-22FF 2300-2325
2460-2473 2500-25FF 2713-2717 27E8-27E9 FB01-FB02 FFFD"""


def text_points():
    out = []
    for part in RANGES.split():
        first, _, last = part.partition("-")
        out += range(int(first, 16), int(last or first, 16) + 1)
    return out


def tabular(font):
    lookups = font["GSUB"].table.LookupList.Lookup
    wanted = {i for f in font["GSUB"].table.FeatureList.FeatureRecord if f.FeatureTag == "tnum" for i in f.Feature.LookupListIndex}
    swap = {}
    for i in wanted:
        for table in lookups[i].SubTable:
            swap.update(getattr(table, "ExtSubTable", table).mapping)
    for table in font["cmap"].tables:
        for point in range(0x30, 0x3A):
            if point in table.cmap:
                table.cmap[point] = swap.get(table.cmap[point], table.cmap[point])


def shrink(source, target, points, features, digits=False, aliases={}):
    font = TTFont(source)
    for table in font["cmap"].tables:
        table.cmap.update({alias: table.cmap[point] for alias, point in aliases.items() if point in table.cmap})
    if digits:
        tabular(font)
    options = subset.Options()
    options.layout_features = features
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = ["*"]
    work = subset.Subsetter(options)
    work.populate(unicodes=points)
    work.subset(font)
    target.parent.mkdir(parents=True, exist_ok=True)
    font.save(target)
    print(f"{target.name}: {target.stat().st_size // 1024} KiB")


def main(inter, mono, phosphor):
    text = ["kern", "mark", "mkmk", "ccmp"]
    for weight in ("Regular", "Medium", "SemiBold"):
        shrink(inter / f"Inter-{weight}.otf", HERE / f"fonts/Inter-{weight}.otf", text_points(), text, digits=True)
    for weight in ("Regular", "SemiBold"):
        shrink(mono / f"JetBrainsMono-{weight}.ttf", HERE / f"fonts/JetBrainsMono-{weight}.ttf", text_points(), text)

    known = {}
    for icon in json.loads((phosphor / "src/regular/selection.json").read_text())["icons"]:
        for name in icon["properties"]["name"].split(","):
            known[name.strip()] = icon["properties"]["code"]
    points = []

    def fill(match):
        code = known[match[1]]
        points.append(code)
        return f'/// Phosphor\'s `{match[1]}`.{match[2]}= "\\u{{{code:x}}}";'

    source = re.sub(r"/// Phosphor's `([a-z0-9-]+)`\.(\n.*?)= \"[^\"]*\";", fill, ICONS_RS.read_text())
    ICONS_RS.write_text(source)
    # egui writes arrow keys with these characters, which neither text font has.
    arrows = {0x23F4: "caret-left", 0x23F5: "caret-right", 0x23F6: "caret-up", 0x23F7: "caret-down"}
    aliases = {alias: known[name] for alias, name in arrows.items()}
    shrink(phosphor / "src/regular/Phosphor.ttf", HERE / "icons/Phosphor.ttf", points + list(aliases), [], aliases=aliases)


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:4]))
