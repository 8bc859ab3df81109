using System.Reflection;
using Xunit.v3;

namespace Coverslip.Torch.Tests;

/// <summary>
/// Runs the class's tests with so many threads to an operator: the suite itself gives one, which shares nothing out.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ThreadsAttribute(int threads) : BeforeAfterTestAttribute
{
    private int before;

    public override void Before(MethodInfo methodUnderTest, IXunitTest test) =>
        (before, TorchRuntime.Threads) = (TorchRuntime.Threads, threads);

    public override void After(MethodInfo methodUnderTest, IXunitTest test) => TorchRuntime.Threads = before;
}
