using Coverslip.Learning.Inputs;
using Coverslip.Torch;

namespace Coverslip.Learning.Tests.Inputs;

public sealed class BatchesBesideTests
{
    [Fact]
    public void Results_come_in_order_and_equal_those_of_one_batch_after_the_other()
    {
        var before = TorchRuntime.Threads;
        try
        {
            TorchRuntime.Threads = 3;
            using var weights = Tensor.From<float>([.. Enumerable.Range(0, 64).Select(i => (i % 7) - 3f)], 8, 8);
            var beside = new BatchesBeside(Device.Cpu, size: 4, pixels: 50 * 50);
            var threads = new HashSet<int>();
            var sums = beside.Run(Enumerable.Range(0, 40), 40, Compute).ToArray();
            Assert.Equal(Enumerable.Range(0, 40).Select(Compute), sums);
            Assert.Equal(3, TorchRuntime.Threads);
            Assert.True(threads.Count > 1);

            double Compute(int number)
            {
                lock (threads)
                    threads.Add(Environment.CurrentManagedThreadId);
                using var scope = new TensorScope();
                return (weights * number).Sum([0, 1]).Item();
            }
        }
        finally
        {
            TorchRuntime.Threads = before;
        }
    }

    [Fact]
    public void What_a_batch_throws_is_thrown_where_it_is_taken()
    {
        var beside = new BatchesBeside(Device.Cpu, size: 1, pixels: 1);
        var error = Assert.Throws<InvalidDataException>(() =>
            beside.Run([1, 2, 3], 3, n => n == 2 ? throw new InvalidDataException("second") : n).ToArray()
        );
        Assert.Equal("second", error.Message);
    }

    [Theory]
    [InlineData(64, 50 * 50, 64)]
    [InlineData(16, 768 * 768, 7)]
    [InlineData(16, 8192L * 8192, 1)]
    public void Images_at_once_are_bounded_by_their_pixels(int batch, long pixels, int most) =>
        Assert.Equal(most, BatchesBeside.Most(batch, pixels));
}
