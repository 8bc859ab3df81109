using System.Globalization;
using Coverslip.Learning.Features;
using Coverslip.Torch;

namespace Coverslip.Methods.Classical;

/// <summary>A machine's softness and width.</summary>
/// <param name="C">Price of an image on the wrong side of the margin.</param>
/// <param name="Gamma">Of the kernel exp(−γ/F · |x − y|²) over F features: scaled features lie 2 F apart on
/// average.</param>
internal sealed record SupportVectorMachineSettings(double C, double Gamma) : IClassifierSettings
{
    public IClassicalClassifier Train(LabeledFeatures data, long seed) => SupportVectorMachine.Fit(data, this);

    public string Text => string.Create(CultureInfo.InvariantCulture, $"c={C} gamma={Gamma}");
}

/// <summary>
/// A support vector machine with a Gaussian kernel (Cortes &amp; Vapnik 1995; OpenCV's <c>SVM</c>); of more than two
/// classes one per class against all others. Probabilities are the softmax of the decision values f_c, where of two
/// classes f_0 = −f_1: on the margin (f = 1) a class has 0.88. They follow the decision and are not calibrated.
/// </summary>
internal sealed class SupportVectorMachine : IClassicalClassifier
{
    private readonly Learner?[] machines; // of class c, which is label 1; null: no training image

    private SupportVectorMachine(Learner?[] machines) => this.machines = machines;

    internal static SupportVectorMachine Fit(LabeledFeatures data, SupportVectorMachineSettings settings)
    {
        var machines = new Learner?[data.Classes];
        var gamma = settings.Gamma / data.Rows[0].Length;
        try
        {
            foreach (var label in data.Present.Skip(data.Classes == 2 ? 1 : 0))
            {
                int[] ones = [.. data.Labels.Select(l => l == label ? 1 : 0)];
                machines[label] = Learner.SupportVectorMachine(data.Rows, ones, settings.C, gamma);
            }
            return new SupportVectorMachine(machines);
        }
        catch
        {
            Release(machines);
            throw;
        }
    }

    public IReadOnlyList<double[]> Probabilities(IReadOnlyList<double[]> rows)
    {
        if (rows.Count == 0)
            return [];
        var decisions = machines.Select(m => m?.Decisions(rows)).ToArray();
        return [.. Enumerable.Range(0, rows.Count).Select(i => Softmax([.. decisions.Select((_, c) => Value(c, i))]))];

        double Value(int label, int row) =>
            decisions[label]?[row] ?? (machines.Length == 2 ? -decisions[1]![row] : double.NegativeInfinity);
    }

    public IEnumerable<(string Path, Tensor Value)> State() =>
        machines.Index().Where(m => m.Item is not null).Select(m => ($"svm.{m.Index}", Tensor.From(m.Item!.Save())));

    internal static SupportVectorMachine From(IReadOnlyDictionary<string, Tensor> state, int classes)
    {
        var machines = new Learner?[classes];
        for (var label = 0; label < classes; label++)
            if (state.TryGetValue($"svm.{label}", out var text))
                machines[label] = Learner.Load(text.ToArray<byte>(), LearnerKind.SupportVectorMachine);
        return new SupportVectorMachine(machines);
    }

    public void Dispose() => Release(machines);

    private static void Release(Learner?[] machines)
    {
        foreach (var machine in machines)
            machine?.Dispose();
    }

    private static double[] Softmax(double[] values)
    {
        var most = values.Max();
        var powers = values.Select(v => Math.Exp(v - most)).ToArray();
        return [.. powers.Select(p => p / powers.Sum())];
    }
}
