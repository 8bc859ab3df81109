using System.Reflection;
using Xunit.v3;

namespace Coverslip.Torch.Tests;

/// <summary>
/// After every test of the class, as many native references live as before it, and the finalizer met none.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NoTensorLeaksAttribute : BeforeAfterTestAttribute
{
    private static long forgiven;
    private long live,
        leaked;

    /// <summary>For the test of the finalizer itself, which forgets tensors on purpose.</summary>
    internal static void Forgive(long tensors) => forgiven = tensors;

    public override void Before(MethodInfo methodUnderTest, IXunitTest test) =>
        (live, leaked) = (Tensor.Live, Tensor.Leaked);

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        Assert.True(
            Tensor.Live == live,
            $"{Tensor.Live - live} tensors of {methodUnderTest.Name} were not disposed of"
        );
        var more = Tensor.Leaked - leaked - forgiven;
        forgiven = 0;
        Assert.True(more == 0, $"{more} tensors of {methodUnderTest.Name} were finalized");
    }
}
