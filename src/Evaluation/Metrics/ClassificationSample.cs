using Coverslip.Files;

namespace Coverslip.Evaluation.Metrics;

/// <summary>
/// Predictions prepared so that all metrics of a weighting of the patients cost one pass over the sorted scores and one
/// over the patients: every other metric is made of sums, which are taken per patient once.
/// </summary>
internal sealed class ClassificationSample
{
    private readonly int bins;
    private readonly int positive;
    private readonly Dictionary<string, int> patientsOf; // how many have an image of the class
    private readonly double[] correctShare; // per patient

    /// <summary>Per patient: confusion [K·K], Brier sum, then per bin images, probability, came true.</summary>
    private readonly double[][] tallies;

    /// <summary>Of the positive class of two, else of each class; null where only one side occurs.</summary>
    private readonly RankedScores?[] ranked;

    public ClassificationSample(Predictions predictions, string? positive, int bins)
    {
        this.bins = bins;
        Classes = ClassesOf(predictions);
        Positive = Classes.Count == 2 ? positive ?? ClassMeaning.PositiveOrSecond(Classes) : null;
        if (positive is not null && Classes.Count != 2)
            throw new ArgumentException(
                predictions.About(
                    $"a positive class needs two classes; there are {Classes.Count}: {string.Join(", ", Classes)}"
                )
            );
        this.positive = Positive is null ? -1 : Classes.ToList().IndexOf(Positive);
        if (Positive is not null && this.positive < 0)
            throw new ArgumentException(
                predictions.About($"no class '{Positive}'; the classes are {string.Join(", ", Classes)}")
            );

        var rows = predictions.Rows;
        Patients = [.. rows.Select(r => r.Patient).Distinct().Order(StringComparer.Ordinal)];
        var patientIndex = Patients.Index().ToDictionary(p => p.Item, p => p.Index);
        var classIndex = Classes.Index().ToDictionary(c => c.Item, c => c.Index);
        int[] patientOf = [.. rows.Select(r => patientIndex[r.Patient])];
        int[] labels = [.. rows.Select(r => classIndex[r.Label])];
        int[] decided = [.. rows.Select(r => classIndex[r.Predicted])];
        HasProbabilities = predictions.Classes.Count > 0;
        var probabilities = HasProbabilities ? ByClass(predictions, classIndex) : [];

        var k = Classes.Count;
        tallies = [.. Patients.Select(_ => new double[k * k + 1 + 3 * bins])];
        for (var i = 0; i < rows.Count; i++)
        {
            var tally = tallies[patientOf[i]];
            tally[labels[i] * k + decided[i]]++;
            if (HasProbabilities)
                AddCalibration(tally, probabilities[i], labels[i]);
        }
        patientsOf = Classes
            .Index()
            .ToDictionary(c => c.Item, c => tallies.Count(t => t.AsSpan(c.Index * k, k).ContainsAnyExcept(0)))
            .Where(c => c.Value > 0)
            .ToDictionary();
        correctShare = [.. tallies.Select(t => Enumerable.Range(0, k).Sum(c => t[c * k + c]) / t[..(k * k)].Sum())];
        Confusion = Sum(null);
        ImagesPerClass = [.. Enumerable.Range(0, k).Select(c => (int)RowSum(Confusion, c))];

        RankedScores? Rank(int c) =>
            ImagesPerClass[c] == 0 || ImagesPerClass[c] == rows.Count
                ? null
                : new RankedScores([.. probabilities.Select(p => p[c])], [.. labels.Select(l => l == c)], patientOf);
        ranked =
            !HasProbabilities ? []
            : Positive is not null ? [Rank(this.positive)]
            : [.. Enumerable.Range(0, k).Select(Rank)];
    }

    public IReadOnlyList<string> Classes { get; }

    /// <summary>The positive class; null unless there are two classes.</summary>
    public string? Positive { get; }

    public IReadOnlyList<string> Patients { get; }

    /// <summary>Of how many patients a metric is a share; of the smallest class where it compares classes; null: of none.</summary>
    public int? Units(Metric metric) =>
        metric switch
        {
            Metric.Accuracy or Metric.RecognitionRate => Patients.Count,
            Metric.Sensitivity when Positive is not null => patientsOf.GetValueOrDefault(Positive),
            Metric.Specificity when Positive is not null => patientsOf.Where(p => p.Key != Positive).Min(p => p.Value),
            Metric.BalancedAccuracy or Metric.Auc or Metric.Sensitivity or Metric.Specificity =>
                patientsOf.Values.Min(),
            _ => null,
        };

    public bool HasProbabilities { get; }

    public IReadOnlyList<int> ImagesPerClass { get; }

    /// <summary>The unweighted sums; its first K·K entries are the confusion matrix, a row per label.</summary>
    private double[] Confusion { get; }

    public int ConfusionOf(int label, int decided) => (int)Confusion[label * Classes.Count + decided];

    /// <summary>
    /// Every metric in the order of <see cref="MetricNames.All"/>, NaN where it is not defined; null if a class of the
    /// sample has no image under these weights.
    /// </summary>
    public double[]? Metrics(int[]? weights) => Metrics(weights, [.. ranked.Select(r => r?.Areas(weights))]);

    /// <summary>The same of several weightings at once.</summary>
    public double[]?[] MetricsOf(IReadOnlyList<int[]> weightings)
    {
        RankAreas[]?[] areas = [.. ranked.Select(r => r?.AreasOf(weightings))];
        return [.. weightings.Select((weights, i) => Metrics(weights, [.. areas.Select(a => a?[i])]))];
    }

    private double[]? Metrics(int[]? weights, RankAreas?[] areas)
    {
        var k = Classes.Count;
        var sums = Sum(weights);
        for (var c = 0; c < k; c++)
            if (ImagesPerClass[c] > 0 && RowSum(sums, c) == 0)
                return null;

        var images = sums.AsSpan(0, k * k).ToArray().Sum();
        var correct = Enumerable.Range(0, k).Sum(c => sums[c * k + c]);
        double recall = 0,
            specificity = 0;
        int occurring = 0,
            opposed = 0;
        for (var c = 0; c < k; c++)
        {
            var (label, called) = (RowSum(sums, c), Enumerable.Range(0, k).Sum(row => sums[row * k + c]));
            var found = sums[c * k + c];
            if (label == 0)
                continue;
            recall += found / label;
            occurring++;
            if (images == label)
                continue;
            specificity += 1 - (called - found) / (images - label);
            opposed++;
        }
        var (auc, averagePrecision) = Mean([.. areas.OfType<RankAreas>()]);
        return
        [
            correct / images,
            recall / occurring,
            auc,
            averagePrecision,
            positive < 0 ? recall / occurring : Share(sums, positive),
            positive < 0 ? specificity / opposed : Share(sums, 1 - positive),
            RecognitionRate(weights),
            HasProbabilities ? sums[k * k] / images : double.NaN,
            HasProbabilities ? CalibrationError(sums, images) : double.NaN,
        ];
    }

    public IReadOnlyList<ReliabilityBin> Reliability() =>
        !HasProbabilities
            ? []
            :
            [
                .. Enumerable
                    .Range(0, bins)
                    .Select(b =>
                    {
                        var (images, probability, cameTrue) = Bin(Confusion, b);
                        return new ReliabilityBin(
                            (double)b / bins,
                            (b + 1.0) / bins,
                            (int)images,
                            probability / images,
                            cameTrue / images
                        );
                    }),
            ];

    private static IReadOnlyList<string> ClassesOf(Predictions predictions)
    {
        foreach (var row in predictions.Rows)
        {
            if (row.Label.Length == 0)
                throw new InvalidDataException(predictions.About($"{row.Image} has no label; figures need the truth"));
            if (row.Patient.Length == 0)
                throw new InvalidDataException(
                    predictions.About($"{row.Image} has no patient; intervals are over patients")
                );
        }
        var named = predictions.Named;
        if (predictions.Classes.Count > 0 && named.Except(predictions.Classes).FirstOrDefault() is { } without)
            throw new InvalidDataException(
                predictions.About(
                    $"class '{without}' has no probability column p_{without}; the file has: "
                        + $"{string.Join(", ", predictions.Classes.Select(c => $"p_{c}"))}"
                )
            );
        return named;
    }

    private static double[][] ByClass(Predictions predictions, Dictionary<string, int> classIndex)
    {
        int[] place = [.. predictions.Classes.Select(c => classIndex[c])];
        return
        [
            .. predictions.Rows.Select(row =>
            {
                var ordered = new double[place.Length];
                for (var c = 0; c < place.Length; c++)
                    ordered[place[c]] = row.Probabilities[c];
                return ordered;
            }),
        ];
    }

    private void AddCalibration(double[] tally, double[] probabilities, int label)
    {
        var k = Classes.Count;
        double Square(int c)
        {
            var off = probabilities[c] - (c == label ? 1 : 0);
            return off * off;
        }
        var said = positive >= 0 ? positive : probabilities.Index().MaxBy(p => p.Item).Index;
        if (positive >= 0)
            tally[k * k] += Square(positive);
        for (var c = 0; c < k && positive < 0; c++)
            tally[k * k] += Square(c);
        var bin = k * k + 1 + 3 * Math.Min(bins - 1, (int)(probabilities[said] * bins));
        tally[bin]++;
        tally[bin + 1] += probabilities[said];
        if (said == label)
            tally[bin + 2]++;
    }

    private double[] Sum(int[]? weights)
    {
        var sums = new double[tallies[0].Length];
        for (var p = 0; p < tallies.Length; p++)
        {
            var weight = weights is null ? 1 : weights[p];
            if (weight == 0)
                continue;
            var tally = tallies[p];
            for (var j = 0; j < sums.Length; j++)
                sums[j] += weight * tally[j];
        }
        return sums;
    }

    private static RankAreas Mean(RankAreas[] areas) =>
        areas.Length == 0
            ? new RankAreas(double.NaN, double.NaN)
            : new RankAreas(areas.Average(a => a.Auc), areas.Average(a => a.AveragePrecision));

    private double RecognitionRate(int[]? weights)
    {
        double sum = 0,
            drawn = 0;
        for (var p = 0; p < correctShare.Length; p++)
        {
            var weight = weights is null ? 1 : weights[p];
            sum += weight * correctShare[p];
            drawn += weight;
        }
        return sum / drawn;
    }

    private double CalibrationError(double[] sums, double images)
    {
        double error = 0;
        for (var b = 0; b < bins; b++)
        {
            var (_, probability, cameTrue) = Bin(sums, b);
            error += Math.Abs(cameTrue - probability);
        }
        return error / images;
    }

    private (double Images, double Probability, double CameTrue) Bin(double[] sums, int bin)
    {
        var at = Classes.Count * Classes.Count + 1 + 3 * bin;
        return (sums[at], sums[at + 1], sums[at + 2]);
    }

    private double Share(double[] sums, int c) => sums[c * Classes.Count + c] / RowSum(sums, c);

    private double RowSum(double[] sums, int c)
    {
        double sum = 0;
        for (var j = 0; j < Classes.Count; j++)
            sum += sums[c * Classes.Count + j];
        return sum;
    }
}
