"""other-host.py SHOP.wasm: places two orders with a composed component in Wasmtime's Python package."""
import sys
from types import SimpleNamespace
from wasmtime import Engine, Store
from wasmtime.component import Component, Linker

engine = Engine()
component = Component.from_file(engine, sys.argv[1])
for user, quantity, cents in (("alice", 3, 450), ("new-zoe", 1, 300000)):
    store = Store(engine)
    instance = Linker(engine).instantiate(store, component)
    orders = instance.get_export_index(store, "techbytes:orders/checkout")
    place = instance.get_func(store, instance.get_export_index(store, "place", orders))
    line = SimpleNamespace(**{"sku": "tea", "quantity": quantity, "unit-cents": cents})
    # A receipt has fields; the refusal for fraud is its text alone, and that for an empty cart is None.
    answer = place(store, user, [line])
    if isinstance(answer, str):
        print(f"refused: {answer}")
    else:
        print(f"accepted: {getattr(answer, 'total-cents')}, {answer.note}")
