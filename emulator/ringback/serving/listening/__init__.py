"""uvicorn, and all of its inside that is used. Nothing else knows what answers on a connection.

`tests/unit/serving/test_uvicorns_inside.py` names what uvicorn does not promise.
"""
