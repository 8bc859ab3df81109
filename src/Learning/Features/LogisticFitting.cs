namespace Coverslip.Learning.Features;

/// <summary>Logistic regressions of all rows or of some of them; what all fits have in common is computed once.</summary>
/// <param name="rows">All rows, unscaled.</param>
/// <param name="balanced">Whether each class weighs the same.</param>
public sealed class LogisticFitting(PatientRows rows, bool balanced) : IDisposable
{
    private readonly Lazy<LogisticBound> bound = new(() => new LogisticBound(rows.Scaled(balanced).Task));

    /// <summary>A regression to each strength, and the scaling that its rows have.</summary>
    /// <param name="which">Places of the rows that it learns from; null: all.</param>
    /// <param name="strengths">C of scikit-learn.</param>
    public FittedSettings Fit(IReadOnlyList<int>? which, IReadOnlyList<double> strengths)
    {
        var (scaling, task) = (which is null ? rows : rows.Some(which)).Scaled(balanced);
        return new FittedSettings(scaling, LogisticFit.Fit(task, bound.Value, strengths));
    }

    public void Dispose()
    {
        if (bound.IsValueCreated)
            bound.Value.Dispose();
    }
}
