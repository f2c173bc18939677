import importlib
import inspect

import pytest


@pytest.mark.parametrize("package", ["fourfold.records", "fourfold.log"])
def test_every_public_name_of_the_package_exists_is_listed_once_and_described(package):
    module = importlib.import_module(package)
    assert list(module.__all__) == sorted(set(module.__all__), key=lambda name: (not name.isupper(), name))
    for name in module.__all__:
        thing = getattr(module, name)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            assert inspect.getdoc(thing)


@pytest.mark.parametrize("package", ["fourfold.records", "fourfold.log"])
def test_nothing_that_the_package_imports_is_left_unlisted(package):
    module = importlib.import_module(package)
    public = {
        name
        for name, thing in vars(module).items()
        if not name.startswith("_") and not inspect.ismodule(thing)
    }
    assert public == set(module.__all__)
