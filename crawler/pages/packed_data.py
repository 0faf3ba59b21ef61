"""Data as frameworks pack it: references by index (Nuxt), by key (Apollo), values with their kind (Astro)."""

from __future__ import annotations

from typing import Any, Final

_WRAPPERS: Final = frozenset({"Reactive", "ShallowReactive", "Ref", "ShallowRef", "EmptyRef", "Island"})
_MAX_NODES: Final = 100_000
_MAX_DEPTH: Final = 60


def unpacked(value: Any) -> Any:
    """The value with its references followed, where it is packed; else as it is."""
    if isinstance(value, list) and is_indexed(value):
        return by_index(value)
    if isinstance(value, dict) and any(key in value for key in ("ROOT_QUERY", "apolloState", "__APOLLO_STATE__")):
        return by_key(value)
    return value


# --- references by index --------------------------------------------------------------------------------------------


def is_indexed(values: list[Any]) -> bool:
    """Whether a list holds every value once, its objects numbers only that say where: `[{"a": 1}, "text"]`."""
    if len(values) < 3:
        return False
    first = values[0]
    if isinstance(first, list):
        return len(first) == 2 and first[0] in _WRAPPERS
    return isinstance(first, dict) and bool(first) and all(type(index) is int for index in first.values())


def by_index(values: list[Any]) -> Any:
    """The first value of such a list, every number in it replaced by what stands there."""
    built = [{} if isinstance(value, dict) else [] if isinstance(value, list) else value for value in values]

    def at(index: Any) -> Any:
        for _ in range(_MAX_DEPTH):
            if type(index) is not int or not 0 <= index < len(values):
                return None
            packed = values[index]
            if not (isinstance(packed, list) and len(packed) == 2 and packed[0] in _WRAPPERS):
                return built[index]
            index = packed[1]
        return None

    for value, target in zip(values, built, strict=True):
        if isinstance(value, dict):
            target.update((key, at(index)) for key, index in value.items())
        elif isinstance(value, list):
            target.extend(at(index) for index in value)
    return at(0)


# --- references by key ----------------------------------------------------------------------------------------------


def by_key(cache: dict[str, Any]) -> Any:
    """The queries of a normalised Apollo cache, every reference replaced by the object it names."""
    inner = cache.get("apolloState") or cache.get("__APOLLO_STATE__")
    if isinstance(inner, dict):
        return {**cache, "apolloState": by_key(inner)}
    objects = dict(cache)
    stack: list[Any] = list(cache.values())
    for _ in range(_MAX_NODES):
        if not stack:
            break
        node = stack.pop()
        for key, item in list(node.items() if isinstance(node, dict) else enumerate(node)):
            if (name := _referred(item)) is not None:
                node[key] = objects.get(name)
            elif isinstance(item, (dict, list)):
                stack.append(item)
    return cache.get("ROOT_QUERY", cache)


def _referred(item: Any) -> str | None:
    if not isinstance(item, dict):
        return None
    name = item.get("__ref") or (item.get("id") if item.get("type") == "id" else None)
    return name if isinstance(name, str) else None


# --- values with their kind -----------------------------------------------------------------------------------------


def island_value(value: Any, depth: int = 0) -> Any:
    """The props of an Astro island, `{"a": [0, "text"], "b": [1, [[0, 1]]]}`, without the kinds; others as they are."""
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, dict):
        return {key: island_value(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list) and len(value) == 2 and type(value[0]) is int and 0 <= value[0] <= 11:
        return _island_list(value[1], depth) if isinstance(value[1], list) else island_value(value[1], depth + 1)
    return value


def _island_list(items: list[Any], depth: int) -> list[Any]:
    return [island_value(item, depth + 1) for item in items]
