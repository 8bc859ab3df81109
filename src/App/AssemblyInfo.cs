[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Coverslip.App.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Coverslip.Cluster.Tests")]
