using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Runs;
using Coverslip.Methods;
using Coverslip.Torch;

namespace Coverslip.Learning.Tests.Runs;

/// <summary>A run of two parts, trained once for the tests of what becomes of it.</summary>
public sealed class FinishedRun : IDisposable
{
    public SmallCohort Small { get; } = new();

    public string Folder => Path.Combine(Small.Folder, "run");

    public FinishedRun() =>
        new SmallRun(
            Small.Cohort,
            Folder,
            """
            training: {epochs: 2, batch: 6, rate: 2e-3, schedule: constant, patience: 0}
            decision: {threshold_from_validation: true, conformal: 0.5}
            """
        )
        {
            Parts = 2,
        }.Train();

    public void Dispose() => Small.Dispose();

    internal static TrainedModel Load(string path) => TrainedModel.Load(path, Known.Methods, Device.Cpu);

    /// <summary>A cohort's images at the size that the run takes.</summary>
    internal static PatchSet Pixels(Cohort cohort) =>
        new(
            cohort,
            new InputOptions
            {
                Form = InputForm.Raw,
                Height = 48,
                Width = 48,
            },
            null
        );
}

/// <summary>Test classes that look at the one run.</summary>
[CollectionDefinition(Name)]
public sealed class FinishedRunCollection : ICollectionFixture<FinishedRun>
{
    public const string Name = "finished run";
}
