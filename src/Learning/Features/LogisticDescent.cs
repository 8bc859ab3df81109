namespace Coverslip.Learning.Features;

/// <summary>
/// The way of one logistic regression to its least loss: L-BFGS (Nocedal &amp; Wright 2006, algorithm 7.4) that begins from the
/// bound on the second derivatives, whose steps are of the right length but for a few. It does not evaluate itself: whoever
/// drives it evaluates where it says, so that several go together.
/// </summary>
/// <param name="count">Numbers of a point; it begins at zero.</param>
/// <param name="solve">The bound's inverse times a gradient.</param>
internal sealed class LogisticDescent(int count, Func<double[], double[]> solve)
{
    private const double Tolerance = 1e-4, // of the gradient's length, by the bound
        Sufficient = 1e-4,
        Rounding = 1e-7; // of the loss: rows are of single precision
    private const int Memory = 10,
        MostSteps = 1000,
        MostHalvings = 20;

    private readonly List<(double[] Moved, double[] Turned, double Product)> memory = [];
    private double[] point = new double[count],
        gradient = [],
        direction = [];
    private double value = double.PositiveInfinity,
        slope;
    private int steps,
        halvings;

    /// <summary>Where to evaluate next; the result once it is done.</summary>
    internal double[] At { get; private set; } = new double[count];

    internal bool Done { get; private set; }

    /// <summary>Takes value and gradient at <see cref="At"/>.</summary>
    internal void Take(double found, double[] turned)
    {
        if (found > value + Sufficient * Math.Pow(0.5, halvings) * slope + Rounding * Math.Abs(value))
        {
            if (++halvings <= MostHalvings)
                Go();
            else
                (At, Done) = (point, true);
            return;
        }
        if (gradient.Length > 0)
            Remember(turned);
        (point, gradient, value, halvings) = (At, turned, found, 0);
        direction = Direction();
        slope = Dot(direction, gradient);
        Done = -slope < Tolerance * Tolerance || ++steps >= MostSteps;
        if (!Done)
            Go();
    }

    private void Go()
    {
        var length = Math.Pow(0.5, halvings);
        At = [.. point.Zip(direction, (p, d) => p + length * d)];
    }

    private void Remember(double[] turned)
    {
        double[] moved = [.. At.Zip(point, (a, p) => a - p)];
        double[] change = [.. turned.Zip(gradient, (t, g) => t - g)];
        var product = Dot(moved, change);
        if (product <= 0)
            return;
        memory.Add((moved, change, product));
        if (memory.Count > Memory)
            memory.RemoveAt(0);
    }

    private double[] Direction()
    {
        var left = (double[])gradient.Clone();
        var shares = new double[memory.Count];
        for (var i = memory.Count - 1; i >= 0; i--)
        {
            shares[i] = Dot(memory[i].Moved, left) / memory[i].Product;
            Add(left, -shares[i], memory[i].Turned);
        }
        left = solve(left);
        for (var i = 0; i < memory.Count; i++)
            Add(left, shares[i] - Dot(memory[i].Turned, left) / memory[i].Product, memory[i].Moved);
        for (var i = 0; i < left.Length; i++)
            left[i] = -left[i];
        return left;
    }

    private static void Add(double[] to, double factor, double[] what)
    {
        for (var i = 0; i < to.Length; i++)
            to[i] += factor * what[i];
    }

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
