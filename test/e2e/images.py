"""images.py BASE APPS ARCHIVE IMAGE=FOLDER...: one docker archive of many images on the layer of BASE.

Each has the folder of test/apps at /app, with ledger.py beside it, and starts there; in place of a folder, `@program`
is what the image starts with: `python manage.py` and
`celery -A` look in the working directory. Packages are compiled, as pip does in real images: without, each process of
a read-only file system compiles them again (3 s of CPU for a Django, and probes that fail on a small machine).
"""
import hashlib
import importlib.util
import io
import json
import os
import pathlib
import py_compile
import sys
import tarfile
import tempfile

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


def compiled(layer):
    """The byte code of the layer's packages."""
    data = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fileobj=data, mode="w") as tar:
        source, target = f"{folder}/a.py", f"{folder}/a.pyc"
        for member in layer:
            path = pathlib.PurePosixPath(member.name)
            if "dist-packages" not in path.parts or path.suffix != ".py" or not member.isfile():
                continue
            pathlib.Path(source).write_bytes(layer.extractfile(member).read())
            try:
                # Never compared with the source: no mtime has to survive
                py_compile.compile(source, target, dfile=f"/{path}", doraise=True,
                                   invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
            except py_compile.PyCompileError:
                continue  # examples of other Pythons
            add(tar, importlib.util.cache_from_source(str(path)), pathlib.Path(target).read_bytes())
    return data.getvalue()


with tarfile.open(base) as old, tarfile.open(f"{archive}.new", "w") as new:
    [entry] = json.load(old.extractfile("manifest.json"))
    config = json.load(old.extractfile(entry["Config"]))
    shared = old.getmember(entry["Layers"][0])
    new.addfile(shared, old.extractfile(shared))
    with tarfile.open(fileobj=old.extractfile(shared)) as files:
        bytecode = compiled(files)
    add(new, "bytecode.tar", bytecode)
    manifest = []
    for number, (name, folder) in enumerate(image.split("=") for image in images):
        program = [folder[1:]] if folder.startswith("@") else None
        own = layer("" if program else folder)
        diffs = [*config["rootfs"]["diff_ids"],
                 *(f"sha256:{hashlib.sha256(added).hexdigest()}" for added in (bytecode, own))]
        entry = {"Entrypoint": program} if program else {}
        made = {**config, "config": {**config["config"], "WorkingDir": "/app", **entry},
                "rootfs": {"type": "layers", "diff_ids": diffs}}
        add(new, f"{number}.json", json.dumps(made).encode())
        add(new, f"{number}.tar", own)
        full = name if "/" in name else f"library/{name}"
        manifest.append({"Config": f"{number}.json", "RepoTags": [f"docker.io/{full}"],
                         "Layers": [shared.name, "bytecode.tar", f"{number}.tar"]})
    add(new, "manifest.json", json.dumps(manifest).encode())
os.replace(f"{archive}.new", archive)
