from __future__ import annotations

import copy
import hashlib
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from numpy.typing import NDArray

from majung.ensemble.store import Blocks, Damaged
from majung.messages import Phrase

A, B = "ab" * 32, "cd" * 32
ARRAYS = {
    "outcomes": np.arange(6.0).reshape(2, 3),
    "finite": np.array([True, False]),
    "codes": np.array([-1, 3], dtype=np.int16),
    "nothing": np.empty((0, 4)),
    "growth": np.float64(0.25),
    "names": np.array(["가나", "b"]),
    "odd": np.array([np.nan, np.inf, -0.0]),
}


def same(found: dict[str, NDArray[Any]] | None, expected: dict[str, Any]) -> bool:
    assert found is not None
    return found.keys() == expected.keys() and all(
        found[name].dtype == np.asarray(values).dtype
        and found[name].shape == np.shape(values)
        and found[name].tobytes() == np.asarray(values).tobytes()
        for name, values in expected.items()
    )


def test_arrays_come_back_as_they_were(tmp_path: Path) -> None:
    blocks = Blocks(tmp_path)
    kept = blocks.save(A, ARRAYS)
    assert same(blocks.load(A), ARRAYS)
    assert blocks.check(A) == kept
    assert kept.bytes == blocks.path(A).stat().st_size
    assert blocks.load(B) is None
    assert blocks.check(B) is None


@settings(deadline=None, max_examples=50)
@given(
    values=arrays_of.arrays(
        dtype=st.one_of(arrays_of.floating_dtypes(), arrays_of.integer_dtypes(), arrays_of.boolean_dtypes()),
        shape=arrays_of.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5),
    )
)
def test_any_array_of_numbers_comes_back(tmp_path_factory: pytest.TempPathFactory, values: NDArray[Any]) -> None:
    blocks = Blocks(tmp_path_factory.mktemp("store"))
    blocks.save(A, {"x": values})
    found = blocks.load(A)
    assert found is not None
    np.testing.assert_array_equal(found["x"], values)
    assert found["x"].dtype == values.dtype.newbyteorder("<")


def test_numpy_alone_reads_a_block(tmp_path: Path) -> None:
    blocks = Blocks(tmp_path)
    kept = blocks.save(A, ARRAYS)
    with np.load(blocks.path(A), allow_pickle=False) as opened:
        np.testing.assert_array_equal(opened["outcomes"], ARRAYS["outcomes"])
        assert opened["sha256"].tobytes().hex() == kept.sha256
        assert opened["block"].tobytes().decode() == A


def test_the_same_arrays_give_the_same_bytes_however_they_lie_in_memory(tmp_path: Path) -> None:
    first, second = Blocks(tmp_path / "1"), Blocks(tmp_path / "2")
    first.save(A, ARRAYS)
    turned = {name: np.asfortranarray(values) if np.ndim(values) else values for name, values in ARRAYS.items()}
    turned["outcomes"] = ARRAYS["outcomes"].astype(">f8")
    second.save(A, dict(reversed(turned.items())))
    assert first.path(A).read_bytes() == second.path(A).read_bytes()


def test_the_bytes_stay_the_same_from_release_to_release(tmp_path: Path) -> None:
    blocks = Blocks(tmp_path)
    kept = blocks.save(A, {"x": np.arange(3.0), "y": np.array([[True]])})
    assert (kept.sha256, hashlib.sha256(blocks.path(A).read_bytes()).hexdigest()) == (
        "56eeee8918b835bb9fa12198078b775eb574f96c927b7bec7f90a824ed519f1e",
        "ad29f431333e400c7186e3f8931dcd6e4d830a67f02b996a36a147c86ea60508",
    )


def test_what_is_loaded_may_be_changed(tmp_path: Path) -> None:
    blocks = Blocks(tmp_path)
    blocks.save(A, ARRAYS)
    found = blocks.load(A)
    assert found is not None
    found["outcomes"] += 1
    assert same(blocks.load(A), ARRAYS)


def test_another_block_under_its_name_is_found_out(tmp_path: Path) -> None:
    blocks = Blocks(tmp_path)
    blocks.save(A, ARRAYS)
    blocks.path(B).parent.mkdir()
    blocks.path(A).rename(blocks.path(B))
    with pytest.raises(Damaged, match=f"another block, {A}"):
        blocks.load(B)


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "AB" * 32, "ab/cd" * 10])
def test_only_a_digest_is_a_name(tmp_path: Path, digest: str) -> None:
    with pytest.raises(ValueError, match="not the digest"):
        Blocks(tmp_path).load(digest)


@pytest.mark.parametrize("name", ["sha256", "block"])
def test_names_that_the_file_needs_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Blocks(tmp_path).save(A, {name: np.zeros(1)})


def test_what_is_not_plain_numbers_or_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="object"):
        Blocks(tmp_path).save(A, {"x": np.array([object()])})
    assert list(tmp_path.rglob("*.npz")) == []


def test_a_damaged_block_keeps_its_words_on_the_way_from_a_worker() -> None:
    error = Damaged(A, Phrase("ensemble.store.reason.another", found=B))
    for back in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert (back.digest, back.text("ko"), back.text()) == (A, error.text("ko"), error.text())


def test_removing_frees_what_the_file_took(tmp_path: Path) -> None:
    blocks = Blocks(tmp_path)
    kept = blocks.save(A, ARRAYS)
    assert blocks.remove(A) == kept.bytes
    assert blocks.remove(A) == 0
    assert blocks.load(A) is None
