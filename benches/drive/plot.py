"""The comparison as bars: an SVG of text, which can be read on a light page and on a dark one."""

from xml.sax.saxutils import escape

WIDTH, BAR, GAP, LABEL = 760, 18, 4, 170
COLOURS = {"ours": "#2f81f7", "floor": "#8b949e"}
OTHERS = ("#d29922", "#a371f7", "#3fb950")
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600 }
.ground { fill: #ffffff }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .ground { fill: #0d1117 } }
"""


def deep(found, *keys):
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found


# Each panel: its title, and where its value stands.
PANELS = [
    ("Spawn to `initialize`, ms (less is better)", ("initializeMs", "median")),
    ("Idle memory, MB (less is better)", ("idleMb",)),
    ("Memory after 2 s of load, MB (less is better)", ("loadedMb",)),
    ("Contacts read a second on stdio, 32 at once (more is better)", ("get", "stdio", "perSecond")),
    ("Contacts read a second over HTTP, 32 at once (more is better)", ("get", "http", "perSecond")),
    ("CPU for one read on stdio, µs (less is better)", ("get", "stdio", "cpuUs")),
    ("Search of 20, ms (less is better)", ("search", "medianMs")),
    ("Search of 100 with 200 fields each, ms (less is better)", ("large", "medianMs")),
]


def svg(servers):
    others = iter(OTHERS)
    colours = {name: COLOURS.get(name) or next(others, OTHERS[-1]) for name in servers}
    parts, y = [], 8
    for title, keys in PANELS:
        values = {name: value for name in servers if (value := deep(servers[name], *keys)) is not None}
        if not values:
            continue
        parts.append(f'<text class="title" x="8" y="{y + 14}">{escape(title)}</text>')
        y += 22
        for name, value in values.items():
            width = max(1, (WIDTH - LABEL - 90) * value / max(values.values()))
            shown = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
            parts.append(f'<text x="{LABEL - 8}" y="{y + 13}" text-anchor="end">{escape(name)}</text>')
            parts.append(f'<rect x="{LABEL}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{colours[name]}"/>')
            parts.append(f'<text x="{LABEL + width + 6:.1f}" y="{y + 13}">{shown}</text>')
            y += BAR + GAP
        y += 12
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y}" viewBox="0 0 {WIDTH} {y}" role="img">'
    ground = f'<rect class="ground" width="{WIDTH}" height="{y}"/>'
    return "\n".join([head, f"<style>{STYLE}</style>", ground, *parts, "</svg>", ""])
