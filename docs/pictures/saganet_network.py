"""SagaNet at 768 × 768 pixels as docs/methods/saganet.md tabulates it (Liu & Sun 2021, figure 2), drawn anew.

python3 docs/pictures/saganet_network.py docs/pictures/saganet-network.svg
"""

import sys

STYLE = """:root { color-scheme: light dark; --page: #fff; --ink: #1a1c1f; --soft: #5c636b; --rule: #8b939b;
  --data: #e3f2ea; --gated: #e1eefa; --plain: #f1f2f4; --loss: #fdeedd; }
@media (prefers-color-scheme: dark) { :root { --page: #15181c; --ink: #e8eaed; --soft: #a3abb4; --rule: #7b858f;
  --data: #1d3a2c; --gated: #1b344c; --plain: #2a3037; --loss: #47331a; } }
text { font: 12.5px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: var(--ink); text-anchor: middle; }
.title { font-weight: 600; font-size: 12.5px; } .soft { fill: var(--soft); font-size: 11.5px; } .left { text-anchor: start; }
rect { stroke: var(--rule); } .page { fill: var(--page); stroke: none; }
.data { fill: var(--data); } .gated { fill: var(--gated); } .plain { fill: var(--plain); } .loss { fill: var(--loss); }
.wire { fill: none; stroke: var(--soft); stroke-width: 1.5; marker-end: url(#tip); } .skip { stroke-dasharray: 5 4; }
#tip path { fill: var(--soft); } circle { fill: var(--page); stroke: var(--soft); stroke-width: 1.5; }"""

WIDTH, HEIGHT = 1000, 670
parts: list[str] = []


def box(kind: str, x: float, y: float, lines: list[str], width: float = 108, height: float = 62) -> None:
    """A box around the middle x, its top at y; the first line is its title."""
    parts.append(f'<rect class="{kind}" x="{x - width / 2}" y="{y}" width="{width}" height="{height}" rx="5"/>')
    first = y + height / 2 - 8 * (len(lines) - 1) + 4.5
    for i, line in enumerate(lines):
        text(x, first + 16 * i, line, "title" if i == 0 else "soft")


def text(x: float, y: float, words: str, kind: str = "") -> None:
    parts.append(f'<text class="{kind}" x="{x}" y="{y}">{words}</text>')


def wire(path: str, kind: str = "") -> None:
    parts.append(f'<path class="wire {kind}" d="{path}"/>')


def joint(x: float, y: float, sign: str) -> None:
    parts.append(f'<circle cx="{x}" cy="{y}" r="12"/>')
    text(x, y + 4.5, sign)


def network() -> None:
    top, bottom = 60, 300
    columns = [62, 186, 310, 434, 558, 682]
    box("data", columns[0], top, ["image ⊙ mask", "3 × 768 × 768"])
    box("gated", columns[1], top, ["stem", "gated 3×3 by 2", "64 × 384 × 384"])
    blocks = [("1", "1 gated 3×3", "96 × 384 × 384"), ("2", "1 gated 3×3", "128 × 192 × 192")]
    blocks += [("3", "2 gated 3×3", "192 × 96 × 96"), ("4", "2 gated 3×3", "256 × 48 × 48")]
    steps = ["48 × 384 × 384", "64 × 192 × 192", "96 × 96 × 96", "128 × 48 × 48"]
    for i, ((number, what, size), step) in enumerate(zip(blocks, steps)):
        x = columns[2 + i]
        box("gated", x, top, [f"dense block {number}", what, size])
        box("plain", x, bottom, ["upsample", "join, 1×1, ELU", step])
        wire(f"M {x} {top + 62} V {bottom - 4}", "skip")
        wire(f"M {columns[1 + i] + 54} {top + 31} H {x - 57}")
        if i:
            text((columns[1 + i] + x) / 2, top - 26, "transition", "soft")
            text((columns[1 + i] + x) / 2, top - 11, "1×1, ½", "soft")
    text(columns[2] + 8, 200, "skip: block's map", "soft left")
    wire(f"M {columns[0] + 54} {top + 31} H {columns[1] - 57}")
    u, f = 812, 934
    text((columns[5] + u) / 2, top - 26, "transition", "soft")
    text((columns[5] + u) / 2, top - 11, "1×1, ½: 256 × 24 × 24", "soft")
    box("gated", u, top, ["u", "gated 1×1", "64 × 24 × 24"])
    box("gated", f, top, ["f", "class features", "2 × 16"])
    wire(f"M {columns[5] + 54} {top + 31} H {u - 57}")
    wire(f"M {u + 54} {top + 31} H {f - 57}")
    box("loss", f, 170, ["Σ LH", "hinge on lengths"], 116, 46)
    wire(f"M {f} {top + 62} V 166")
    turn = (columns[5] + u) / 2 + 1
    wire(f"M {turn} {top + 31} V {bottom + 31} H {columns[5] + 57}")
    text(turn + 8, bottom - 40, "256 × 24 × 24", "soft left")
    for right, left in zip(columns[:2:-1], columns[4:1:-1]):
        wire(f"M {right - 54} {bottom + 31} H {left + 57}")
    box("plain", columns[1], bottom, ["1×1", "then upsampled"])
    wire(f"M {columns[2] - 54} {bottom + 31} H {columns[1] + 57}")
    box("data", columns[0], bottom, ["reconstruction", "3 × 768 × 768"])
    wire(f"M {columns[1] - 54} {bottom + 31} H {columns[0] + 57}")
    box("loss", columns[0], 185, ["L reconst", "unmasked pixels"], 112, 46)
    wire(f"M {columns[0]} {top + 62} V 181")
    wire(f"M {columns[0]} {bottom} V 235")


def gate() -> None:
    y = 520
    text(24, 428, "A gated convolution of n channels: O = σ(W_g ∗ I) ⊙ ELU(W_f ∗ I)", "title left")
    box("data", 46, y - 21, ["I"], 44, 42)
    box("gated", 150, y - 28, ["convolution", "2n filters"], 100, 56)
    box("plain", 270, y - 28, ["batch norm", "folds in later"], 104, 56)
    box("plain", 390, y - 66, ["ELU", "n: W_f ∗ I"], 92, 48)
    box("plain", 390, y + 18, ["sigmoid σ", "n: W_g ∗ I"], 92, 48)
    joint(474, y, "⊙")
    wire(f"M 68 {y} H 97")
    wire(f"M 200 {y} H 215")
    wire(f"M 322 {y} H 332 V {y - 42} H 341")
    wire(f"M 322 {y} H 332 V {y + 42} H 341")
    wire(f"M 436 {y - 42} H 474 V {y - 16}")
    wire(f"M 436 {y + 42} H 474 V {y + 16}")
    wire(f"M 486 {y} H 505")
    text(516, y + 4.5, "O", "title")


def dense() -> None:
    y = 520
    text(556, 428, "A gated dense block of two, growth 32", "title left")
    text(566, y + 4.5, "c", "title")
    box("gated", 650, y - 28, ["gated 3×3", "32 channels"], 92, 56)
    joint(726, y, "‖")
    box("gated", 806, y - 28, ["gated 3×3", "32 channels"], 92, 56)
    joint(882, y, "‖")
    text(950, y + 4.5, "c + 64", "title")
    wire(f"M 576 {y} H 601")
    wire(f"M 696 {y} H 711")
    wire(f"M 738 {y} H 757")
    wire(f"M 852 {y} H 867")
    wire(f"M 894 {y} H 920")
    wire(f"M 586 {y} V {y - 50} H 726 V {y - 15}", "skip")
    wire(f"M 744 {y} V {y - 50} H 882 V {y - 15}", "skip")
    text(726, y + 34, "c + 32", "soft")


def legend() -> None:
    y = 640
    for x, kind, words in [(24, "data", "images"), (124, "gated", "gated, and what the class reads"), (356, "plain", "plain"), (434, "loss", "losses")]:
        parts.append(f'<rect class="{kind}" x="{x}" y="{y}" width="18" height="14" rx="3"/>')
        text(x + 26, y + 11.5, words, "soft left")
    text(524, y + 11.5, "‖: channels side by side; by 2: stride; ½: 2×2 average pooling; ⊙: product", "soft left")


def main(target: str) -> None:
    network()
    gate()
    dense()
    legend()
    head = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="SagaNet: stem, four gated dense blocks, class features, decoder" xmlns="http://www.w3.org/2000/svg">'
    tip = '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>'
    page = f'<rect class="page" width="{WIDTH}" height="{HEIGHT}"/>'
    with open(target, "w", encoding="utf-8") as file:
        file.write("\n".join([head, f"<style>{STYLE}</style>", tip, page, *parts, "</svg>", ""]))


main(*sys.argv[1:])
