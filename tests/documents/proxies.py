"""Files of operations: proxies, compose and Prometheus files, and the Grafana dashboard."""

import http.client
import json
import os
import re
import ssl
import subprocess
import time

import mcp
from pages import ROOT
from workplace import CLIENT_TOKEN, free_port

HOST = "mcp.example.com"


def check_nginx(place, text):
    """nginx takes the file, and MCP works through it, over TLS."""
    server = place.serve_for(HOST)
    port, folder = free_port(), place.folder
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
        + ["-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    text = re.sub(r"listen (\[::\]:)?443", lambda found: f"listen {found[1] or ''}{port}".replace("[::]", "[::1]"), text)
    text = re.sub(r"ssl_certificate .*;", f"ssl_certificate {folder}/cert.pem;", text)
    text = re.sub(r"ssl_certificate_key .*;", f"ssl_certificate_key {folder}/key.pem;", text)
    text = text.replace("127.0.0.1:8787", f"127.0.0.1:{server}")
    paths = "".join(
        f"{name}_temp_path {folder}/nginx-{name};\n" for name in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    )
    file = folder / "nginx.conf"
    file.write_text(
        f"pid {folder}/nginx.pid;\nerror_log {folder}/nginx-error.log;\ndaemon off;\nmaster_process off;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{paths}{text}}}\n"
    )
    nginx = ["nginx", "-p", str(folder), "-c", str(file)]
    done = subprocess.run([*nginx, "-t"], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    process = subprocess.Popen(nginx)
    try:
        through_tls(port)
    finally:
        process.terminate()
        process.wait(timeout=20)


def through_tls(port):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for left in reversed(range(50)):
        try:
            connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=20)
            headers = {
                "Host": HOST, "Authorization": f"Bearer {CLIENT_TOKEN}", "Content-Type": "application/json",
                "Accept": "application/json, text/event-stream",
            }  # fmt: skip
            message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": mcp.HELLO}
            connection.request("POST", "/mcp", json.dumps(message), headers)
            answer = connection.getresponse()
            break
        except ConnectionRefusedError:
            if not left:
                raise
            time.sleep(0.1)
    if answer.status != 200 or b"serverInfo" not in answer.read():
        raise RuntimeError(f"through the proxy the server answers {answer.status}")
    for path in ["/metrics", "/healthz"]:
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=20)
        connection.request("GET", path, headers={"Host": HOST})
        status = connection.getresponse().status
        if status != 404:
            raise RuntimeError(f"the proxy shows {path} to the world: {status}")


def check_caddy(place, text):
    file = place.folder / "Caddyfile"
    file.write_text(text)
    environment = os.environ | {"HOME": str(place.home)}
    done = subprocess.run(
        ["caddy", "adapt", "--adapter", "caddyfile", "--config", str(file)], capture_output=True, text=True, env=environment
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    if '"dial":"127.0.0.1:8787"' not in done.stdout:
        raise RuntimeError("it does not lead to 127.0.0.1:8787")
    return "read by caddy, not started: it would ask for a certificate"


def check_yaml(place, value):
    if "scrape_configs" in value:
        for job in value["scrape_configs"]:
            if job.get("metrics_path", "/metrics") != "/metrics" or "authorization" not in job:
                raise RuntimeError("the server wants a token at /metrics")
        return None
    if "services" in value:
        for service in value["services"].values():
            if "ghl-contacts-mcp" in service["image"]:
                check_service(place, service)
        return None
    if "livenessProbe" in value or "readinessProbe" in value:
        paths = [probe["httpGet"]["path"] for probe in value.values()]
        if not set(paths) <= {"/healthz", "/readyz"}:
            raise RuntimeError(f"no such paths: {paths}")
        return None
    raise RuntimeError("no check knows this file")


def check_service(place, service):
    """A service of a compose file starts with its words and variables, on another port of this machine."""
    words = service["command"] if isinstance(service["command"], list) else service["command"].split()
    variables = {name: str(value) for name, value in service.get("environment", {}).items()}
    for name, value in variables.items():
        if name.endswith("_FILE"):
            path = place.folder / f"secret-{name}"
            path.write_text(f"{CLIENT_TOKEN}\n" if "MCP" in name else "pit-00000000-0000-4000-8000-000000000000\n")
            path.chmod(0o600)
            variables[name] = str(path)
        elif value.startswith("${"):
            variables[name] = "ve9EPM428h8vShlRW1KT"
    words = [word for word in words if "--listen" not in word and not re.match(r"0\.0\.0\.0:", word)]
    variables.pop("GHL_MCP_LISTEN", None)
    place.run([place.bin / "ghl-contacts-mcp", *words, "--listen", f"127.0.0.1:{free_port()}"], more=variables)


def samples(page):
    """Names and labels of the metrics on a page of Prometheus's text format."""
    found = {}
    for name, labels in re.findall(r"^(\w+)(?:\{(.*)\})? ", page, re.MULTILINE):
        found.setdefault(name, set()).update(re.findall(r'(\w+)="', labels))
    return found


def check_dashboard(place):
    """Every expression of the dashboard names metrics and labels that the server really serves."""
    dashboard = json.loads((ROOT / "docs/operations/grafana.json").read_text(encoding="utf-8"))
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    queries += [
        found[1] for one in dashboard["templating"]["list"] if (found := re.match(r"label_values\((.*)\)", str(one.get("query"))))
    ]
    served = samples(exercised(place))
    used = set()
    for query in queries:
        names = re.findall(r"\bghl_mcp_\w+", query)
        labels = re.findall(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"", query)
        labels += [name.strip() for group in re.findall(r"\bby \(([^)]*)\)", query) for name in group.split(",")]
        for name in names:
            if name not in served:
                raise RuntimeError(f"{query}: /metrics has no {name}; it has {sorted(served)}")
            if unknown := [label for label in labels if label not in served[name] | {"job", "instance"}]:
                raise RuntimeError(f"{query}: {name} has no label {unknown}")
        used |= {name.removesuffix("_bucket").removesuffix("_count").removesuffix("_sum") for name in names}
    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in served}
    if unused := families - used:
        raise RuntimeError(f"the dashboard does not show {sorted(unused)}")
    return f"{len(queries)} expressions, {len(used)} metrics"


def exercised(place):
    """The metrics of a server that has seen each kind of event, a request that is sent again among them."""
    program, port, upstream = place.bin / "ghl-contacts-mcp", free_port(), free_port()
    shown = place.run([program, "sandbox", "--listen", f"127.0.0.1:{upstream}", "--faults", "25"])
    settings = dict(re.findall(r"(GHL_\w+)=(\S+)", shown)) | {"GHL_MCP_TOKENS": CLIENT_TOKEN, "GHL_SANDBOX": "false"}
    place.run([program, "http", "--listen", f"127.0.0.1:{port}"], more=settings)
    token = {"Authorization": f"Bearer {CLIENT_TOKEN}"}
    client = mcp.Http(f"http://127.0.0.1:{port}/mcp", token)
    for _ in range(60):
        client.ask("tools/call", {"name": "ghl_get_contact", "arguments": {"email": "jane.smith@example.com"}})
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/metrics", headers=token)
        page = connection.getresponse().read().decode()
        if "retries_total" in page and "_wait_" in page:
            return page
    raise RuntimeError(f"no request was sent again:\n{page}")
