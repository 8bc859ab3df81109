using Coverslip.Viewer.Tests;

[assembly: AssemblyFixture(typeof(ViewedPhantoms))]
