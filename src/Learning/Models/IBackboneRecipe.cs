using Coverslip.Learning.Backbones;

namespace Coverslip.Learning.Models;

/// <summary>
/// A recipe whose model keeps a published network under <c>backbone.</c>, so that another run can start from what it
/// learned.
/// </summary>
public interface IBackboneRecipe
{
    BackboneNetworkOptions Network { get; }
}
