using System.Diagnostics;
using System.Globalization;
using Coverslip.Torch;

namespace Coverslip.Bench;

/// <summary>
/// The price of a boxed call: a + b on four elements, result made and disposed of, without gradients.
/// </summary>
internal static class BoxedCall
{
    private const int Calls = 200_000,
        Rounds = 15;

    /// <summary>Prints ns per call; given the C++ program's figure, the difference too.</summary>
    internal static void Run(string[] arguments)
    {
        using var off = new NoGradient();
        using var scope = new TensorScope();
        var (a, b) = (Tensor.Ones([4]), Tensor.Ones([4]));
        var best = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
            best = Math.Min(best, Round(a, b));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"C# boxed aten::add  {best:F0} ns/call"));
        if (arguments.Length == 0)
            return;
        var direct = double.Parse(arguments[0], CultureInfo.InvariantCulture);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"C++ direct at::add  {direct:F0} ns/call"));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"over                {best - direct:F0} ns (goal: at most 1500)"
            )
        );
    }

    private static double Round(Tensor a, Tensor b)
    {
        var watch = Stopwatch.StartNew();
        // A scope per hundred calls: about what a layer of a network leaves behind.
        for (var i = 0; i < Calls / 100; i++)
        {
            using var scope = new TensorScope();
            for (var k = 0; k < 100; k++)
                _ = a + b;
        }
        return watch.Elapsed.TotalNanoseconds / Calls;
    }
}
