using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Processes;
using Coverslip.Methods;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Loop;

/// <summary>Classifiers by several ranks against one process with the same mini-batches.</summary>
[NoTensorLeaks]
public sealed class SeveralRanksTests(SmallCohort small) : IClassFixture<SmallCohort>
{
    /// <summary>24 images in batches of 5: none comes out even.</summary>
    [Fact]
    public void Losses_and_weights_equal_those_of_one_process()
    {
        var recipe = (INetworkRecipe)
            Known.Methods.Parse(
                """
                method: saganet
                network: {stem_filters: 4, growth: 4, positions: shared}
                input: {form: raw, height: 48, width: 48}
                training: {epochs: 10, batch: 5, optimizer: sgd, rate: 1e-2, schedule: constant, patience: 0, clip_gradient: 1, class_weights: balanced}
                augmentation: {brightness: 0.1}
                """,
                "small.yaml"
            );
        var set = new PatchSet(small.Cohort, recipe.Input, null);
        var compared = SeveralRanks.EqualOne(
            Path.Combine(small.Folder, Guid.NewGuid().ToString("N")),
            2,
            run =>
            {
                using var model = new NetworkModel(recipe, SeveralRanks.Alike(() => recipe.Build(2, default)));
                var task = new FitTask(set, set.Patches, [.. set.Patches.Take(4)], 3);
                return model.Fit(task, run, new SmallRun(small.Cohort, run.Path), default);
            }
        );
        Assert.Equal(50, compared);
    }

    [Fact]
    public void Every_example_of_a_batch_has_one_rank()
    {
        var shares = TogetherRanks.Run(
            3,
            group =>
            {
                Ranks.Enter(group);
                return (RankShare[])[.. Enumerable.Range(1, 7).Select(Ranks.Now.Of)];
            }
        );
        for (var whole = 1; whole <= 7; whole++)
        {
            var own = shares.Select(s => s[whole - 1]).ToArray();
            var taken = own.Where(s => s.Counts).SelectMany(s => Enumerable.Range(s.First, s.Count));
            Assert.Equal(Enumerable.Range(0, whole), taken);
            Assert.Equal(1, own.Sum(s => s.Weight), 1e-12);
            Assert.All(own, s => Assert.True(s.Count > 0 && s.First + s.Count <= whole));
        }
    }

    /// <summary>A stop that one rank hears of ends all after the same step; the folder goes on by other ranks.</summary>
    [Fact]
    public void A_stop_ends_all_ranks_and_another_number_goes_on()
    {
        var folder = Path.Combine(small.Folder, Guid.NewGuid().ToString("N"));
        var recipe = new SmallRun(small.Cohort, folder, "training: {epochs: 3, batch: 6, patience: 0}").Read;
        var set = new PatchSet(small.Cohort, recipe.Input, null);
        FitOutcome Fit(ITrainingProgress progress, CancellationToken stop)
        {
            using var model = new NetworkModel(recipe, SeveralRanks.Alike(() => recipe.Build(2, default)));
            return model.Fit(new FitTask(set, set.Patches, [], 3), new RunFolder(folder), progress, stop);
        }
        var stopped = TogetherRanks.Run(
            2,
            group =>
            {
                Ranks.Enter(group);
                using var stop = new CancellationTokenSource();
                var told = new SmallRun(small.Cohort, folder)
                {
                    OnStep = (epoch, step) =>
                    {
                        if (group.Rank == 1 && (epoch, step) == (1, 2))
                            stop.Cancel();
                    },
                };
                return Record.Exception(() => Fit(told, stop.Token));
            }
        );
        Assert.All(stopped, error => Assert.IsType<OperationCanceledException>(error));
        Assert.Equal(1, new RunFolder(folder).Reached.Epoch);
        var resumed = TogetherRanks.Run(
            3,
            group =>
            {
                Ranks.Enter(group);
                return Fit(new SmallRun(small.Cohort, folder), default);
            }
        );
        Assert.All(resumed, outcome => Assert.Equal((3, 12), (outcome.Epochs, outcome.Steps)));
        Assert.Equal(3, new RunFolder(folder).Reached.Epoch);
    }
}
