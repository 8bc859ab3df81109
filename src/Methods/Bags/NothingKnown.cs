namespace Coverslip.Methods.Bags;

/// <summary>Bags of which nothing is known, whatever they are made of: one instance each, the same of all.</summary>
internal sealed class NothingKnown : IBagFeatures
{
    public string Identity => "nothing";

    public int Numbers => 1;

    public BagInstances Of(Bag bag, CancellationToken stop) => new([(Half)0], Numbers);

    public void Dispose() { }
}
