using Coverslip.Learning.Inputs;

namespace Coverslip.Learning.Tests.Inputs;

public sealed class BatchPipelineTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void Batches_come_in_order_whoever_fills_them(int readers)
    {
        var random = new Random(readers);
        int[] pauses = [.. Enumerable.Range(0, 60).Select(_ => random.Next(4))];
        var pipeline = new BatchPipeline<RawBatch>(
            pauses.Length,
            number =>
            {
                Thread.Sleep(pauses[number]);
                return new RawBatch([(byte)number], [number]);
            },
            readers
        );
        Assert.Equal(Enumerable.Range(0, pauses.Length), pipeline.Run().Select(b => b.Labels[0]));
    }

    [Fact]
    public void No_more_batches_are_filled_than_there_are_places_for()
    {
        var filled = 0;
        var pipeline = new BatchPipeline<RawBatch>(
            1000,
            number =>
            {
                Interlocked.Increment(ref filled);
                return new RawBatch([], [number]);
            },
            2
        );
        using var batches = pipeline.Run().GetEnumerator();
        Assert.True(batches.MoveNext());
        Thread.Sleep(50);
        Assert.InRange(filled, 1, 6); // four places, the one that was taken, and its successor
    }

    [Fact]
    public void An_error_comes_where_its_batch_would_have_come()
    {
        var pipeline = new BatchPipeline<RawBatch>(
            20,
            number => number == 7 ? throw new IOException("gone") : new RawBatch([], [number]),
            3
        );
        var taken = new List<int>();
        Assert.Throws<IOException>(() =>
        {
            foreach (var batch in pipeline.Run())
                taken.Add(batch.Labels[0]);
        });
        Assert.Equal(Enumerable.Range(0, 7), taken);
    }
}
