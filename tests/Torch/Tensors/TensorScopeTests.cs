namespace Coverslip.Torch.Tests.Tensors;

[NoTensorLeaks]
public sealed class TensorScopeTests
{
    [Fact]
    public void A_scope_disposes_of_what_was_made_in_it()
    {
        Tensor made;
        using (new TensorScope())
            made = Tensor.Ones([2]);
        var error = Assert.Throws<ObjectDisposedException>(() => made + 1);
        Assert.Contains("Tensor", error.ObjectName);
        Assert.Equal("Tensor (disposed)", made.ToString());
    }

    [Fact]
    public void A_kept_tensor_belongs_to_the_scope_around()
    {
        Tensor kept;
        using (var outer = new TensorScope())
        {
            using (var inner = new TensorScope())
                kept = inner.Keep(Tensor.Ones([2]));
            Assert.Equal(2, kept.Sum().Item());
        }
        Assert.Throws<ObjectDisposedException>(() => kept.Sum());
    }

    [Fact]
    public void Keeping_anothers_tensor_changes_nothing()
    {
        using var outer = new TensorScope();
        var mine = Tensor.Ones([2]);
        using (var inner = new TensorScope())
            inner.Keep(mine);
        Assert.Equal(2, mine.Sum().Item());
    }

    [Fact]
    public void A_detached_tensor_belongs_to_nobody()
    {
        Tensor detached;
        using (new TensorScope())
        using (var inner = new TensorScope())
            detached = inner.Detach(Tensor.Ones([2]));
        using (detached)
        using (var sum = detached.Sum())
            Assert.Equal(2, sum.Item());
    }

    [Fact]
    public void A_scope_ends_with_an_exception_too()
    {
        var before = Tensor.Live;
        Assert.Throws<TorchException>(() =>
        {
            using var scope = new TensorScope();
            return Tensor.Ones([2]).Matmul(Tensor.Ones([3]));
        });
        Assert.Equal(before, Tensor.Live);
    }

    [Fact]
    public void A_scope_leaves_other_threads_tensors()
    {
        Tensor? other = null;
        using (new TensorScope())
        {
            var thread = new Thread(() => other = Tensor.Ones([2]));
            thread.Start();
            thread.Join();
        }
        using (other)
        using (var sum = other!.Sum())
            Assert.Equal(2, sum.Item());
    }

    [Fact]
    public void Disposing_twice_releases_once()
    {
        var before = Tensor.Live;
        var tensor = Tensor.Ones([2]);
        tensor.Dispose();
        tensor.Dispose();
        Assert.Equal(before, Tensor.Live);
    }

    [Fact]
    public void A_forgotten_tensor_is_released_and_counted()
    {
        var (live, leaked) = (Tensor.Live, Tensor.Leaked);
        // On a thread that ends: no register or stack slot of this one holds on to it.
        var thread = new Thread(() => Tensor.Ones([2]));
        thread.Start();
        thread.Join();
        Assert.Equal(live + 1, Tensor.Live);
        for (var i = 0; i < 100 && Tensor.Live > live; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.Equal((live, leaked + 1), (Tensor.Live, Tensor.Leaked));
        NoTensorLeaksAttribute.Forgive(1);
    }
}
