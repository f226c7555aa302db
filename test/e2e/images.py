"""images.py BASE APPS ARCHIVE IMAGE=FOLDER...: one docker archive of many images on the layer of BASE.

Each has the folder of test/apps at /app, with ledger.py beside it, and starts there: `python manage.py` and
`celery -A` look in the working directory.
"""
import hashlib
import io
import json
import os
import pathlib
import sys
import tarfile

base, apps, archive, *images = sys.argv[1:]
apps = pathlib.Path(apps)


def add(tar, name, content):
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def layer(folder):
    """The app of an image; a Redis has none."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        root = tarfile.TarInfo("app")
        root.type, root.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(root)
        files = [*sorted((apps / folder).rglob("*.py")), apps / "ledger.py"] if folder else []
        for file in files:
            add(tar, f"app/{file.relative_to(apps / folder) if file.name != 'ledger.py' else file.name}",
                file.read_bytes())
    return data.getvalue()


with tarfile.open(base) as old, tarfile.open(f"{archive}.new", "w") as new:
    [entry] = json.load(old.extractfile("manifest.json"))
    config = json.load(old.extractfile(entry["Config"]))
    shared = old.getmember(entry["Layers"][0])
    new.addfile(shared, old.extractfile(shared))
    manifest = []
    for number, (name, folder) in enumerate(image.split("=") for image in images):
        own = layer(folder)
        diffs = [*config["rootfs"]["diff_ids"], f"sha256:{hashlib.sha256(own).hexdigest()}"]
        made = {**config, "config": {**config["config"], "WorkingDir": "/app"},
                "rootfs": {"type": "layers", "diff_ids": diffs}}
        add(new, f"{number}.json", json.dumps(made).encode())
        add(new, f"{number}.tar", own)
        full = name if "/" in name else f"library/{name}"
        manifest.append({"Config": f"{number}.json", "RepoTags": [f"docker.io/{full}"],
                         "Layers": [shared.name, f"{number}.tar"]})
    add(new, "manifest.json", json.dumps(manifest).encode())
os.replace(f"{archive}.new", archive)
