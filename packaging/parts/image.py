"""The container image, written without a daemon: an OCI layout with one layer that holds the program alone. `docker load`,
`podman load` and `skopeo copy oci-archive:` read it. packaging/Dockerfile builds the same image by Docker."""

import io
import json
import os
import shutil
import socket
import subprocess
import tarfile
import tempfile
import time
from pathlib import Path

from parts import common, program, session
from parts.targets import TARGETS

FILE = f"{common.name()}-{common.version()}-oci.tar"
USER = 65532
ARCHITECTURES = {"x64": "amd64", "arm64": "arm64"}
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def reference():
    """Its name in GitHub's registry, which knows lower case only."""
    return f"ghcr.io/{common.owner().lower()}/{common.name()}:{common.version()}"


def labels():
    package = common.package()
    return {
        "io.modelcontextprotocol.server.name": common.registry_name(),
        "org.opencontainers.image.description": package["description"],
        "org.opencontainers.image.licenses": package["license"],
        "org.opencontainers.image.source": common.repository(),
        "org.opencontainers.image.title": package["name"],
        "org.opencontainers.image.version": package["version"],
    }


def config(target, layer):
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(common.epoch()))
    name = common.name()
    return {
        "architecture": ARCHITECTURES[target.npm_cpus[0]],
        "os": "linux",
        "created": created,
        "config": {
            "User": f"{USER}:{USER}",
            "ExposedPorts": {"8787/tcp": {}},
            # `http` is reached from outside of the container; without a token and --allowed-host it refuses to start.
            "Env": ["GHL_MCP_LISTEN=0.0.0.0:8787"],
            "Entrypoint": [f"/{name}"],
            "Cmd": ["stdio"],
            "Labels": labels(),
            # OCI has no field for it; Docker and Podman read this one. Nanoseconds.
            "Healthcheck": {"Test": ["CMD", f"/{name}", "healthz"], "Interval": 30 * 10**9, "Timeout": 5 * 10**9},
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{common.sha256(layer)}"]},
        "history": [{"created": created, "created_by": "packaging/build image"}],
    }


class Layout:
    """The files of an OCI layout."""

    def __init__(self):
        self.entries = []
        self.file("oci-layout", b'{"imageLayoutVersion":"1.0.0"}')

    def file(self, name, content):
        self.entries.append((name, content, 0o644))

    def blob(self, media_type, content, **more):
        """Adds a blob; the result describes it."""
        digest = common.sha256(content)
        self.file(blob_name(f"sha256:{digest}"), content)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content), **more}

    def json(self, media_type, value, **more):
        return self.blob(media_type, common.json_bytes(value), **more)

    def for_older_docker(self, manifest):
        """The image as `docker load` of before version 25 looks for it, in manifest.json."""
        name = blob_name(manifest["digest"])
        read = json.loads(next(content for entry, content, _ in self.entries if entry == name))
        layers = [blob_name(layer["digest"]) for layer in read["layers"]]
        return {"Config": blob_name(read["config"]["digest"]), "RepoTags": [reference()], "Layers": layers}


def blob_name(digest):
    return f"blobs/{digest.replace(':', '/')}"


def pack(targets):
    layout = Layout()
    manifests = [image(layout, target) for target in targets]
    top = manifests[0]
    if len(manifests) > 1:
        top = layout.json(INDEX, {"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests})
    annotations = {"io.containerd.image.name": reference(), "org.opencontainers.image.ref.name": common.version()}
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [{**top, "annotations": annotations}]}
    layout.file("index.json", common.json_bytes(index))
    layout.file("manifest.json", common.json_bytes([layout.for_older_docker(manifests[0])]))
    return common.tar(layout.entries)


def image(layout, target):
    layer = common.tar([(common.name(), program.content(target), 0o755)])
    described = config(target, layer)
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": layout.json(CONFIG, described),
        "layers": [layout.blob(LAYER, common.gzipped(layer))],
        "annotations": labels(),
    }
    platform = {"architecture": described["architecture"], "os": "linux"}
    return layout.json(MANIFEST, manifest, platform=platform)


def build(targets):
    common.write(FILE, pack([target for target in targets if target.npm_os == "linux"]))


def test():
    path = common.PACKAGES / FILE
    files = read(path)
    common.check(pack(targets_in(files)) == path.read_bytes(), f"{FILE} is other bytes when it is built again")
    described = test_layout(files)
    test_dockerfile(described["config"])
    if shutil.which("skopeo"):
        shown = json.loads(common.output("skopeo", "inspect", "--config", f"oci-archive:{path}"))
        common.check(shown["config"]["Labels"] == labels(), f"skopeo reads {shown}")
        common.run("skopeo", "inspect", f"docker-archive:{path}", stdout=subprocess.DEVNULL)
    else:
        common.skip("reading the image by skopeo", "it is not installed (apt-get install skopeo)")
    test_others(files)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        with tarfile.open(fileobj=layer(files)) as archive:
            archive.extractall(root, filter="data")
        root.chmod(0o755)
        Path(folder).chmod(0o755)
        if os.geteuid() == 0:
            test_run(described["config"], root)
        else:
            common.skip("running the image", "only root may change into another root folder and user")
        test_runtime(path, Path(folder))


def read(path):
    with tarfile.open(path) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}


def targets_in(files):
    """The systems for which the image has a program."""
    configs = [json.loads(content) for name, content in files.items() if name.startswith("blobs/") and b'"rootfs"' in content]
    there = {config["architecture"] for config in configs}
    linux = [target for target in TARGETS.values() if target.npm_os == "linux"]
    return [target for target in linux if ARCHITECTURES[target.npm_cpus[0]] in there]


def layer(files):
    return io.BytesIO(files[json.loads(files["manifest.json"])[0]["Layers"][0]])


def test_layout(files):
    """Every blob is what its name says, and everything that is referred to is there. The result is the configuration."""
    for name, content in files.items():
        if name.startswith("blobs/"):
            common.check(name == blob_name(f"sha256:{common.sha256(content)}"), f"{name} holds something else")
    waiting = json.loads(files["index.json"])["manifests"]
    while waiting:
        descriptor = waiting.pop()
        content = files[blob_name(descriptor["digest"])]
        common.check(len(content) == descriptor["size"], f"{descriptor} has another size")
        if descriptor["mediaType"] in (INDEX, MANIFEST):
            value = json.loads(content)
            waiting += [*value.get("manifests", []), *value.get("layers", []), *filter(None, [value.get("config")])]
    described = json.loads(files[json.loads(files["manifest.json"])[0]["Config"]])
    with tarfile.open(fileobj=layer(files)) as archive:
        members = [(member.name, member.mode, member.uid) for member in archive]
    common.check(members == [(common.name(), 0o755, 0)], f"the layer holds {members}")
    return described


def test_others(files):
    """The image of each architecture holds the program for it, and this machine starts it if it can."""
    targets = targets_in(files)
    top = json.loads(files["index.json"])["manifests"][0]
    manifests = json.loads(files[blob_name(top["digest"])])["manifests"] if top["mediaType"] == INDEX else [top]
    common.check(len(manifests) == len(targets), f"there are {len(manifests)} images for {len(targets)} architectures")
    for target in targets:
        cpu = ARCHITECTURES[target.npm_cpus[0]]
        one = next(manifest for manifest in manifests if manifest["platform"] == {"architecture": cpu, "os": "linux"})
        layers = json.loads(files[blob_name(one["digest"])])["layers"]
        with tempfile.TemporaryDirectory() as folder:
            with tarfile.open(fileobj=io.BytesIO(files[blob_name(layers[0]["digest"])])) as archive:
                archive.extractall(folder, filter="data")
            session.test_copy(f"the image for {cpu}", target, Path(folder) / common.name())
            if (start := session.runner(target)) is not None:
                session.says_version([*start, Path(folder) / common.name()], session.settings())


def test_dockerfile(config):
    """The Dockerfile makes the image that the build writes."""
    lines = (common.PACKAGING / "Dockerfile").read_text().splitlines()
    last = [line.split(" ", 1) for line in lines[lines.index("FROM scratch") :] if line and not line.startswith("#")]
    said = {word: rest for word, rest in last}
    health = config["Healthcheck"]
    seconds = {key: health[key] // 10**9 for key in ("Interval", "Timeout")}
    options = f"--interval={seconds['Interval']}s --timeout={seconds['Timeout']}s"
    for word, expected in {
        "USER": config["User"],
        "ENV": config["Env"][0],
        "EXPOSE": next(iter(config["ExposedPorts"])),
        "ENTRYPOINT": json.dumps(config["Entrypoint"]),
        "CMD": json.dumps(config["Cmd"]),
        "HEALTHCHECK": f"{options} CMD {json.dumps(health['Test'][1:])}",
    }.items():
        common.check(said[word] == expected, f"the Dockerfile says {word} {said[word]}, the image {expected}")


def test_run(config, root):
    """Starts the image's program as its user, in a root folder that holds nothing else."""
    into = [shutil.which("chroot", path="/usr/sbin:/usr/bin"), f"--userspec={config['User']}", root]
    env = dict(line.split("=", 1) for line in config["Env"])
    command = [*into, *config["Entrypoint"], *config["Cmd"]]
    session.says_version([*into, *config["Entrypoint"]], env)
    session.converse([*command, "--sandbox"], env)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env |= {"GHL_MCP_LISTEN": f"0.0.0.0:{port}", "GHL_MCP_TOKENS": "0123456789abcdef", "GHL_MCP_ALLOWED_HOSTS": "localhost"}
    command = [str(word) for word in [*into, *config["Entrypoint"], "http", "--sandbox"]]
    health = [str(word) for word in [*into, *config["Healthcheck"]["Test"][1:]]]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE) as server:
        # It says that it listens.
        said = server.stderr.readline()
        common.check(b"listening on" in said, f"http says {said}")
        common.run(*health, env=env, stdout=subprocess.DEVNULL)
        server.terminate()
        common.check(server.wait(timeout=session.LONGEST) == 0, "http ends in order after SIGTERM")
    ended = subprocess.run(health, env=env, capture_output=True, check=False)
    common.check(ended.returncode == 1, f"the health check of a server that has ended says {ended}")
    print("ok image: runs as its user in an empty root folder; stdio, http, health check, SIGTERM")


def test_runtime(path, folder):
    """The same by an OCI runtime, as Podman and Kubernetes run it, with a root folder that cannot be written."""
    runtime = shutil.which("runc", path=f"{os.environ['PATH']}:/usr/sbin")
    if os.geteuid() != 0 or not runtime or not shutil.which("umoci") or not shutil.which("skopeo"):
        common.skip("running the image by an OCI runtime", "that needs root, and skopeo, umoci and runc (apt-get install)")
        return
    layout, bundle = folder / "layout", folder / "bundle"
    common.run("skopeo", "copy", "--quiet", f"oci-archive:{path}", f"oci:{layout}:test")
    common.run("umoci", "unpack", "--image", f"{layout}:test", bundle, stdout=subprocess.DEVNULL)
    settings = json.loads((bundle / "config.json").read_text())
    common.check(settings["process"]["user"]["uid"] == USER, f"the runtime's user is {settings['process']['user']}")
    settings["process"]["terminal"] = False
    settings["process"]["args"].append("--sandbox")
    settings["process"]["capabilities"] = {}
    settings["root"]["readonly"] = True
    (bundle / "config.json").write_text(json.dumps(settings))
    command = [runtime, "run", "--bundle", bundle, f"{common.name()}-test-{os.getpid()}"]
    session.converse(command, session.settings())
    print(f"ok image: runs by runc with a read-only root and no capabilities")
