using System.Runtime.ExceptionServices;
using Coverslip.Torch.Distributed;

namespace Coverslip.Torch.Tests;

/// <summary>Ranks of a group as threads of this process, which cost no start of a program.</summary>
internal static class TogetherRanks
{
    /// <summary>What each rank gave, in their order; the first failure is thrown.</summary>
    internal static T[] Run<T>(int ranks, Func<ProcessGroup, T> act)
    {
        var wait = TimeSpan.FromSeconds(30);
        using var store = GroupStore.Serve("127.0.0.1", 0, wait);
        var (given, errors) = (new T[ranks], new Exception?[ranks]);
        Thread[] threads =
        [
            .. Enumerable
                .Range(0, ranks)
                .Select(rank => new Thread(() =>
                {
                    try
                    {
                        using var own = GroupStore.Join("127.0.0.1", store.Port, wait);
                        var options = new GroupOptions { Address = "127.0.0.1", Timeout = wait };
                        using var group = ProcessGroup.Open(own, rank, ranks, default, options);
                        given[rank] = act(group);
                    }
                    catch (Exception error)
                    {
                        errors[rank] = error;
                    }
                })),
        ];
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        // The others only say that they were left alone.
        var first = errors.OfType<Exception>().OrderBy(e => e is TorchException).FirstOrDefault();
        if (first is not null)
            ExceptionDispatchInfo.Throw(first);
        return given;
    }
}
