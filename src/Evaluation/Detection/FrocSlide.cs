namespace Coverslip.Evaluation.Detection;

/// <summary>What the detections of one slide come to.</summary>
public sealed record FrocSlide
{
    /// <summary>The slide.</summary>
    public required string Name { get; init; }

    /// <summary>Whose it is; slides of one patient are drawn together.</summary>
    public required string Patient { get; init; }

    /// <summary>The probabilities of the detections outside every lesion.</summary>
    public required IReadOnlyList<double> FalsePositives { get; init; }

    /// <summary>
    /// Per lesion the highest probability of a detection in it; 0 for a missed one, and for isolated tumor cells,
    /// hit or not.
    /// </summary>
    public required IReadOnlyList<double> Lesions { get; init; }

    /// <summary>How many of the lesions are isolated tumor cells, which nobody has to find.</summary>
    public required int Isolated { get; init; }

    /// <summary>Detections in isolated tumor cells, which count neither way.</summary>
    public required int Ignored { get; init; }

    /// <summary>The probabilities of all detections.</summary>
    public IReadOnlyList<double> Probabilities { get; init; } = [];

    /// <summary>Per detection the lesion that it lies in, from 1; 0 outside of every lesion.</summary>
    public IReadOnlyList<int> Hits { get; init; } = [];

    /// <summary>Per lesion how likely a random place lies in it: its part of the places that detections may have.</summary>
    public IReadOnlyList<double> LesionShares { get; init; } = [];

    /// <summary>Per lesion whether it is isolated tumor cells.</summary>
    public IReadOnlyList<bool> IsolatedLesions { get; init; } = [];

    /// <summary>Whether it has no lesion at all, isolated cells included.</summary>
    public bool Normal => Lesions.Count == 0;

    /// <summary>Judges the detections of a slide.</summary>
    /// <param name="name">The slide.</param>
    /// <param name="detections">What was found on it.</param>
    /// <param name="truth">Its lesions; null for a slide without mask, which has none.</param>
    /// <param name="patient">Whose it is; default a patient of its own.</param>
    /// <param name="tissue">Where random places lie, in pixels of level 0; default anywhere on the slide.</param>
    /// <exception cref="InvalidDataException">A detection beyond the mask; its row is named.</exception>
    public static FrocSlide Of(
        string name,
        Detections detections,
        LesionMap? truth,
        string? patient = null,
        IReadOnlyList<(double X, double Y)>? tissue = null
    )
    {
        var (found, hits) = (new double[truth?.Lesions.Count ?? 0], new int[detections.Count]);
        var outside = new List<double>();
        var ignored = 0;
        for (var i = 0; i < detections.Count; i++)
        {
            var probability = detections.Probabilities[i];
            var label = hits[i] = truth is null ? 0 : Label(detections, i, truth);
            if (label == 0)
                outside.Add(probability);
            else if (truth!.Lesions[label - 1].Isolated)
                ignored++;
            else
                found[label - 1] = Math.Max(found[label - 1], probability);
        }
        return new FrocSlide
        {
            Name = name,
            Patient = patient ?? name,
            FalsePositives = outside,
            Lesions = found,
            Isolated = truth?.Lesions.Count(lesion => lesion.Isolated) ?? 0,
            Ignored = ignored,
            Probabilities = detections.Probabilities,
            Hits = hits,
            LesionShares = truth is null ? [] : Shares(truth, tissue),
            IsolatedLesions = [.. truth?.Lesions.Select(lesion => lesion.Isolated) ?? []],
        };
    }

    private static double[] Shares(LesionMap truth, IReadOnlyList<(double X, double Y)>? tissue)
    {
        if (tissue is null)
            return [.. truth.Lesions.Select(lesion => lesion.Pixels / ((double)truth.Width * truth.Height))];
        var shares = new double[truth.Lesions.Count];
        foreach (var (x, y) in tissue)
        {
            var label = truth.At((int)(x / truth.Rules.Downsampling), (int)(y / truth.Rules.Downsampling));
            if (label > 0)
                shares[label - 1] += 1.0 / tissue.Count;
        }
        return shares;
    }

    private static int Label(Detections detections, int i, LesionMap truth)
    {
        var (x, y) = (detections.X[i] / truth.Rules.Downsampling, detections.Y[i] / truth.Rules.Downsampling);
        if (truth.Covers(detections.X[i], detections.Y[i]))
            return truth.At(Math.Min((int)x, truth.Width - 1), Math.Min((int)y, truth.Height - 1));
        throw new InvalidDataException(
            FormattableString.Invariant(
                $"{detections.Name}: row {i + 1}: {detections.X[i]}, {detections.Y[i]} at level 0 lies beyond the "
            )
                + $"mask of {truth.Width} × {truth.Height} pixels at level {truth.Rules.Level}; is it this slide's mask, "
                + "and at that level (--level)?"
        );
    }
}
