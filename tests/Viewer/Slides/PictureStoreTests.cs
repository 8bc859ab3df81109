using Coverslip.Viewer.Slides;

namespace Coverslip.Viewer.Tests.Slides;

public sealed class PictureStoreTests
{
    [Fact]
    public async Task What_many_ask_for_is_made_once()
    {
        using var store = new PictureStore(1 << 20, threads: 2);
        using var go = new ManualResetEventSlim();
        var made = 0;
        byte[] Make()
        {
            go.Wait();
            Interlocked.Increment(ref made);
            return [1, 2, 3];
        }
        var asked = Enumerable.Range(0, 50).Select(_ => store.Get(Key(0), Make, default)).ToArray();
        go.Set();
        Assert.All(await Task.WhenAll(asked), bytes => Assert.Equal([1, 2, 3], bytes));
        Assert.Equal(1, made);
        Assert.Equal(
            [1, 2, 3],
            await store.Get(Key(0), () => throw new InvalidOperationException("it is kept"), default)
        );
    }

    [Fact]
    public async Task More_than_the_bound_is_never_held()
    {
        using var store = new PictureStore(10_000, threads: 1);
        for (var i = 0; i < 100; i++)
        {
            await store.Get(Key(i), () => new byte[1500], default);
            Assert.InRange(store.HeldBytes, 1, 10_000);
        }
        // The last ones are here, the first are made again.
        await store.Get(Key(99), () => throw new InvalidOperationException("it is kept"), default);
        await Assert.ThrowsAsync<IOException>(() =>
            store.Get(Key(0), () => throw new IOException("made again"), default)
        );
    }

    [Fact]
    public async Task A_failure_is_told_and_the_next_one_tries_again()
    {
        using var store = new PictureStore(10_000, threads: 1);
        await Assert.ThrowsAsync<IOException>(() =>
            store.Get(Key(0), () => throw new IOException("tile 3, 7"), default)
        );
        Assert.Equal([1], await store.Get(Key(0), () => [1], default));
    }

    [Fact]
    public async Task What_nobody_waits_for_any_more_is_not_made()
    {
        using var store = new PictureStore(10_000, threads: 1);
        using var go = new ManualResetEventSlim();
        var first = store.Get(
            Key(0),
            () =>
            {
                go.Wait();
                return [1];
            },
            default
        );
        using var stop = new CancellationTokenSource();
        var made = false;
        var second = store.Get(
            Key(1),
            () =>
            {
                made = true;
                return [2];
            },
            stop.Token
        );
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        go.Set();
        await first;
        Assert.Equal([3], await store.Get(Key(2), () => [3], default));
        Assert.False(made);
    }

    [Fact]
    public async Task Where_too_many_wait_the_next_is_refused()
    {
        using var store = new PictureStore(10_000, threads: 1, mostWaiting: 2);
        using var go = new ManualResetEventSlim();
        byte[] Make()
        {
            go.Wait();
            return [1];
        }
        var waiting = new List<Task>();
        var refused = Assert.Throws<IOException>(() =>
        {
            for (var i = 0; i < 5; i++)
                waiting.Add(store.Get(Key(i), Make, default));
        });
        Assert.Contains("2 pictures wait", refused.Message);
        go.Set();
        await Task.WhenAll(waiting);
    }

    private static PictureKey Key(long column) => new("slide", 3, column, 0);
}
