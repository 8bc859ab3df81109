using System.Runtime.InteropServices;

namespace Coverslip.Learning.Features;

/// <summary>What <see cref="Learner"/> holds.</summary>
public enum LearnerKind
{
    Forest = 0,
    SupportVectorMachine = 1,
}

/// <summary>A trained classifier of OpenCV's ml module. Features are rounded to single precision for it.</summary>
public sealed unsafe class Learner : SafeHandle
{
    private Learner(nint handle)
        : base(0, ownsHandle: true) => SetHandle(handle);

    public override bool IsInvalid => handle == 0;

    /// <summary>A forest; the same data and seed give the same forest.</summary>
    /// <exception cref="InvalidOperationException">OpenCV refuses; the message says why.</exception>
    internal static Learner Forest(LabeledFeatures data, RandomForestSettings settings, long seed)
    {
        nint learner;
        var options = new NativeForestOptions
        {
            Trees = settings.Trees,
            Depth = settings.Depth,
            Least = settings.Least,
        };
        fixed (float* features = Flat(data.Rows))
        fixed (int* labels = data.Labels.ToArray())
        {
            var samples = Samples(data.Rows, features, labels);
            Check(NativeLearning.ForestTrain(&samples, &options, (ulong)seed, &learner), "random forest");
        }
        return new Learner(learner);
    }

    /// <summary>A support vector machine of two labels, 0 and 1.</summary>
    /// <exception cref="InvalidOperationException">OpenCV refuses; the message says why.</exception>
    public static Learner SupportVectorMachine(IReadOnlyList<double[]> rows, int[] ones, double c, double gamma)
    {
        nint learner;
        fixed (float* features = Flat(rows))
        fixed (int* labels = ones)
        {
            var samples = Samples(rows, features, labels);
            Check(NativeLearning.SvmTrain(&samples, c, gamma, &learner), "support vector machine");
        }
        return new Learner(learner);
    }

    /// <summary>What <see cref="Save"/> gave.</summary>
    /// <exception cref="InvalidDataException">It is no such text.</exception>
    public static Learner Load(byte[] text, LearnerKind kind)
    {
        nint learner;
        fixed (byte* data = text)
            if (NativeLearning.Load(data, (nuint)text.Length, (int)kind, &learner) != 0)
                throw new InvalidDataException($"a stored {Words(kind)} cannot be read: {NativeLearning.LastError}");
        return new Learner(learner);
    }

    /// <summary>OpenCV's text of it.</summary>
    public byte[] Save()
    {
        byte* data;
        nuint size;
        Check(NativeLearning.Save(handle, &data, &size), "storing a classifier");
        try
        {
            return new ReadOnlySpan<byte>(data, checked((int)size)).ToArray();
        }
        finally
        {
            NativeLearning.Free(data);
        }
    }

    /// <summary>[images · classes] trees of a forest that name each class.</summary>
    internal int[] Votes(IReadOnlyList<double[]> rows, int classes)
    {
        var votes = new int[rows.Count * classes];
        fixed (float* features = Flat(rows))
        fixed (int* counted = votes)
        {
            var samples = Samples(rows, features, null);
            Check(NativeLearning.ForestVotes(handle, &samples, counted, classes), "votes of a forest");
        }
        return votes;
    }

    /// <summary>[images] decision values of a machine; positive for label 1, ±1 on the margins.</summary>
    public float[] Decisions(IReadOnlyList<double[]> rows)
    {
        var decisions = new float[rows.Count];
        fixed (float* features = Flat(rows))
        fixed (float* values = decisions)
        {
            var samples = Samples(rows, features, null);
            Check(NativeLearning.SvmDecisions(handle, &samples, values), "decisions of a support vector machine");
        }
        return decisions;
    }

    protected override bool ReleaseHandle()
    {
        NativeLearning.Close(handle);
        return true;
    }

    private static float[] Flat(IReadOnlyList<double[]> rows) => [.. rows.SelectMany(r => r).Select(v => (float)v)];

    private static NativeSamples Samples(IReadOnlyList<double[]> rows, float* features, int* labels) =>
        new()
        {
            Features = features,
            Labels = labels,
            Rows = rows.Count,
            Columns = rows.Count == 0 ? 0 : rows[0].Length,
        };

    private static void Check(int status, string doing)
    {
        if (status != 0)
            throw new InvalidOperationException($"{doing}: {NativeLearning.LastError}");
    }

    private static string Words(LearnerKind kind) =>
        kind == LearnerKind.Forest ? "random forest" : "support vector machine";
}
