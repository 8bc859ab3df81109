// Tensor.Live counts for the whole process, so that the leak check needs one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
