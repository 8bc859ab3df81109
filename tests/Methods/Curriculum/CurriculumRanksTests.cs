using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Tests;
using Coverslip.Methods.Curriculum;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.Curriculum;

/// <summary>
/// The batches of a curriculum, and of patches laid between whole images, by two ranks against one process. In batches of eight this
/// network normalizes eight numbers to a channel and amplifies float32's last digit until one process is as far from itself
/// with another instruction set; hence larger ones.
/// </summary>
[NoTensorLeaks]
public sealed class CurriculumRanksTests(SmallChests chests) : IClassFixture<SmallChests>
{
    [Theory]
    [InlineData("first")]
    [InlineData("mixed")]
    public void Losses_and_weights_equal_those_of_one_process(string order)
    {
        var recipe = (CurriculumRecipe)
            SmallChests.Read(
                $"patches.order={order}",
                "training.optimizer=sgd",
                "training.batch=12",
                "training.rate=1e-6",
                "training.epochs=2",
                "patches.epochs=2",
                "patches.batch=64"
            );
        var set = new PatchSet(chests.Cohort(recipe), recipe.Input, null);
        var steps = SeveralRanks.EqualOne(
            chests.At(order),
            2,
            run =>
            {
                using var network = (CurriculumClassifier)SeveralRanks.Alike(() => recipe.Build(5, default));
                var task = new FitTask(set, [.. set.Patches.Take(12)], [.. set.Patches.Skip(12).Take(5)], 3);
                return new CurriculumFit(recipe, network, task).Run(run, new WatchedTraining(), default);
            }
        );
        Assert.True(steps >= 4, $"{steps} steps");
    }
}
