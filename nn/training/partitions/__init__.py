"""Training on rows that lie in partitions, wherever those are: Dask arrays and data frames, as they are.

The gradient of a batch is the sum of its rows' gradients, so every partition computes its own sum where its rows are,
and only sums travel: one number for each parameter, and three more. No rows are gathered, and none have to fit into
memory. Dask runs it: in threads, or, where there is a ``dask.distributed.Client``, on its workers, which run again what
a worker that died had to do.
"""
