namespace Coverslip.Evaluation.Readers;

/// <summary>The figures of a reader, before or with the machine's view; defined in <c>docs/second-opinion.md</c>.</summary>
public enum ReaderFigure
{
    /// <summary>Share of cases whose class was named right.</summary>
    Accuracy,

    /// <summary>Share of positive cases called positive.</summary>
    Sensitivity,

    /// <summary>Share of other cases not called positive.</summary>
    Specificity,

    /// <summary>Area under the ROC curve of class and confidence on one scale.</summary>
    Auc,

    /// <summary>
    /// The JAFROC figure of merit: the chance that a lesion's mark is rated above the highest false mark of a case without
    /// lesions, no mark being lowest (Chakraborty &amp; Berbaum 2004).
    /// </summary>
    Jafroc,

    /// <summary>Cohen's kappa with the truth, over the classes.</summary>
    Kappa,

    /// <summary>Median seconds to a case.</summary>
    Seconds,

    /// <summary>The same without pauses.</summary>
    ActiveSeconds,
}

/// <summary>How the figures are called.</summary>
public static class ReaderFigures
{
    /// <summary>All in order.</summary>
    public static IReadOnlyList<ReaderFigure> All { get; } = Enum.GetValues<ReaderFigure>();

    /// <summary>The key in files.</summary>
    public static string Key(this ReaderFigure figure) =>
        figure == ReaderFigure.ActiveSeconds ? "active_seconds" : figure.ToString().ToLowerInvariant();

    /// <summary>Whether it is a time, of which more is no gain.</summary>
    public static bool IsTime(this ReaderFigure figure) => figure is ReaderFigure.Seconds or ReaderFigure.ActiveSeconds;
}
